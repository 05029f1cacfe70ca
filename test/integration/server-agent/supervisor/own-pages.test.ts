/** Own pages that are sent to the agent: kept whole, shown as they are, removed when unused. */
import { mkdir, readdir, readFile, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { MAX_OWN_PAGE_BYTES } from "../../../../server-agent/contract/own-pages.ts";
import { startAgent } from "../../../../tools/driving/agent.ts";

function file(path: string, text: string) {
  return { path, content: Buffer.from(text).toString("base64") };
}
const PAGE = [file("index.html", "<h1>Ours</h1><img src=/images/a.svg>"), file("images/a.svg", "<svg/>")];

it("a page is kept once under its hash, served to visitors, and read back as it is", async () => {
  await using agent = await startAgent();
  const kept = await agent.call("putOwnPage", { body: { files: PAGE } });
  expect(kept).toMatchObject({ files: 2, bytes: 42 });
  expect(await agent.call("putOwnPage", { body: { files: PAGE.toReversed() } })).toEqual(kept);
  expect(await readdir(join(agent.folder, "state/own-pages"))).toEqual([kept.id]);
  const { root } = kept;
  expect(await agent.call("findOwnPage", { query: { id: kept.id } })).toEqual({ root });
  const { files = [] } = await agent.call("findOwnPage", { query: { id: kept.id, files: "yes" } });
  expect(files.toSorted((one, other) => (one.path < other.path ? -1 : 1))).toEqual(PAGE.toReversed());
  const unknown = await agent.tryCall("findOwnPage", { query: { id: "0".repeat(64) } });
  expect(unknown).toMatchObject({ ok: false, error: { code: "not-found" } });
  await agent.call("startMaintenance", { body: { site: "shop", root } });
  expect(await agent.visit()).toMatchObject({ status: 503, text: "<h1>Ours</h1><img src=/images/a.svg>" });
  const read = async (path: string, from = root) => {
    const got = await agent.tryCall("readOwnPage", { query: { root: from, path } });
    return got.ok ? [got.value.type, Buffer.from(got.value.content, "base64").toString()] : got.error.code;
  };
  expect(await read("/")).toEqual(["text/html; charset=utf-8", "<h1>Ours</h1><img src=/images/a.svg>"]);
  expect(await read("/images/a.svg")).toEqual([expect.stringContaining("image/svg+xml"), "<svg/>"]);
  expect(await read("/images/a.svg", join(root, "index.html"))).toEqual([expect.any(String), "<svg/>"]);
  // Nothing outside of the page, and nothing that is no part of one.
  const own = join(agent.folder, "own");
  await mkdir(own);
  await writeFile(join(own, "secret.conf"), "x");
  await symlink(join(agent.folder, "state/lock"), join(own, "link.html"));
  for (const path of ["/../lock", "/secret.conf", "/link.html", "/.hidden.html", "/nope.html", "/a\0.html"])
    expect(await read(path, own), path).toBe("not-found");
  expect(await read("/", "relative")).toBe("not-found");
});

it("a page that cannot be one is refused, with the name of its file", async () => {
  await using agent = await startAgent();
  const index = file("index.html", "x");
  for (const [files, words] of [
    [[file("a.html", "x")], "index.html"],
    [[file("index.html", "")], "empty"],
    [[index, index], "index.html` is there twice"],
    [[index, file("a", "x"), file("a/b", "x")], "a file and a folder"],
    [[index, file("../x.html", "x")], "/files/1/path"],
    [[index, file(".htaccess", "x")], "/files/1/path"],
    [[index, file("a//b", "x")], "/files/1/path"],
    [[index, file("a\\b", "x")], "/files/1/path"],
    [[index, { path: "a", content: "no base64!" }], "/files/1/content"],
    [[index, file("big.png", "x".repeat(MAX_OWN_PAGE_BYTES))], `${MAX_OWN_PAGE_BYTES}`],
  ] as const) {
    const refused = await agent.tryCall("putOwnPage", { body: { files: [...files] } });
    expect(refused, words).toMatchObject({ ok: false, error: { code: "options.invalid" } });
    expect(JSON.stringify(refused)).toContain(words);
  }
  expect(await readdir(join(agent.folder, "state/own-pages")).catch(() => [])).toEqual([]);
});

it("a page stays as long as a configuration, a receipt or a window names it, or it is new", async () => {
  await using agent = await startAgent();
  const send = async (text: string) => agent.call("putOwnPage", { body: { files: [file("index.html", text)] } });
  const [used, old, fresh] = [await send("used"), await send("old"), await send("new")];
  const pages = join(agent.folder, "state/own-pages");
  await mkdir(join(pages, ".tmp-left"));
  const yesterday = new Date(Date.now() - 2 * 86_400_000);
  for (const name of [used.id, old.id, ".tmp-left"]) await utimes(join(pages, name), yesterday, yesterday);
  const { id } = await agent.call("startMaintenance", { body: { site: "shop", root: used.root } });
  await expect.poll(() => readdir(pages)).toEqual([used.id, fresh.id].toSorted());
  // History shows what visitors saw.
  await agent.call("revertMaintenance", { params: { id } });
  await agent.call("restart", { body: { mode: "graceful" } });
  expect(await readFile(join(used.root, "index.html"), "utf8")).toBe("used");
});
