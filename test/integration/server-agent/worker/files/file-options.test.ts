/** What files are served as: below a path, with a fallback, with media types of one's own. */
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Handler } from "../../../../../server-agent/contract/handler.ts";
import { compileCommon } from "../../../../../server-agent/worker/files/common.ts";
import { compileFile } from "../../../../../server-agent/worker/files/file.ts";
import { compileListing } from "../../../../../server-agent/worker/files/listing.ts";
import { startHandler } from "../../../../support/agent/handler-harness.ts";
import { ask } from "../../../../support/http/ask.ts";

let folder: string;
let root: string;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "backsoon-options-")));
  root = join(folder, "www");
  await mkdir(join(root, "sub"), { recursive: true });
  await writeFile(join(root, "index.html"), "the app");
  await writeFile(join(root, "a.txt"), "a");
  await writeFile(join(root, "sub/b.scene"), "b");
  await writeFile(join(folder, "secret.txt"), "secret");
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

type FileOptions = Omit<Extract<Handler, { type: "file" }>, "type" | "root">;

function serve(options: FileOptions) {
  return startHandler(compileFile({ type: "file", root, ...options }));
}

it("a folder can appear at a path, and nothing beside it", async () => {
  await using server = await serve({ mount: "/static/v1" });
  const got = async (path: string) => {
    const { status, text, headers } = await ask(server.port, path);
    return [status, headers.location ?? text];
  };
  expect(await got("/static/v1/a.txt")).toEqual([200, "a"]);
  expect(await got("/static/v1/")).toEqual([200, "the app"]);
  expect(await got("/static/v1?q=1")).toEqual([301, "/static/v1/?q=1"]);
  expect(await got("/static%2Fv1/sub")).toEqual([301, "/static%2Fv1/sub/"]);
  for (const path of [
    "/a.txt",
    "/static/a.txt",
    "/static/v1a.txt",
    "/static/v1/../../secret.txt",
    "/static/v1/..%2fsecret.txt",
  ])
    expect((await got(path))[0]).toBe(404);
});

it("a folder that is listed can, too", async () => {
  await using listing = await startHandler(compileListing({ type: "listing", root, mount: "/files" }));
  const listed = await ask(listing.port, "/files/sub/");
  expect(listed).toMatchObject({ status: 200, text: expect.stringContaining("Index of /files/sub/") as string });
  expect((await ask(listing.port, "/sub/")).status).toBe(404);
});

it("a fallback stands in for files that are not there, with 200", async () => {
  await using app = await serve({ fallback: "/index.html" });
  expect(await ask(app.port, "/orders/12")).toMatchObject({ status: 200, text: "the app" });
  expect(await ask(app.port, "/sub/")).toMatchObject({ status: 200, text: "the app" });
  expect(await ask(app.port, "/a.txt")).toMatchObject({ status: 200, text: "a" });
  expect((await ask(app.port, "/orders", { method: "POST" })).status).toBe(405);
  await using gone = await serve({ fallback: "/none.html" });
  expect((await ask(gone.port, "/orders")).status).toBe(404);
  await using common = await startHandler(compileCommon({ type: "common", root, fallback: "/index.html" }));
  expect((await ask(common.port, "/sub/")).text).toContain("Index of /sub/");
  expect((await ask(common.port, "/orders")).text).toBe("the app");
});

it("media types of one's own count for this handler alone", async () => {
  await using plain = await serve({});
  await using own = await serve({ mediaTypes: { Scene: "text/vnd.scene", txt: "text/plain; charset=iso-8859-1" } });
  const typeOf = async (port: number, path: string) => (await ask(port, path)).headers["content-type"];
  expect(await typeOf(plain.port, "/sub/b.scene")).toBe("application/octet-stream");
  expect(await typeOf(own.port, "/sub/b.scene")).toBe("text/vnd.scene; charset=utf-8");
  expect(await typeOf(own.port, "/a.txt")).toBe("text/plain; charset=iso-8859-1");
  expect(await typeOf(plain.port, "/a.txt")).toBe("text/plain; charset=utf-8");
});
