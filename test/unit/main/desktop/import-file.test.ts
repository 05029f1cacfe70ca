/** A configuration of another web server, read on this computer. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";

vi.mock("electron", () => ({}));
const { readImport } = await import("../../../../main/desktop/import-file.ts");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "import-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(name: string, content: string | Buffer): ReturnType<typeof readImport> {
  await writeFile(path.join(folder, name), content);
  return readImport(path.join(folder, name));
}

it("is read as text, with what it looks like", async () => {
  const text = "http {\n}\n";
  expect(await read("a.conf", text)).toEqual({ ok: true, value: { name: "a.conf", text, format: "nginx" } });
  expect(await read("Caddyfile", "a.example\n")).toMatchObject({ value: { format: "caddy" } });
  expect(await read("b.conf", "hello\n")).toMatchObject({ value: { format: null } });
});

it.each([
  ["nothing", "empty.conf", "\n", "empty.conf is empty."],
  ["no text", "logo.png", Buffer.from([0x89, 0x50, 0, 1]), "logo.png is not a text file, so it is no configuration."],
  [
    "20 MB",
    "large.conf",
    Buffer.alloc(20 * 1024 * 1024, "# x\n"),
    "large.conf has 20 MB; at most 5 MB can be imported here. Run “backsoon-agent import” on the server instead.",
  ],
])("is refused: %s", async (_, name, content, message) => {
  expect(await read(name, content)).toEqual({ ok: false, failure: { code: "file.unusable", message } });
});

it("is refused where it is not there, or a folder", async () => {
  expect(await readImport(path.join(folder, "nowhere"))).toMatchObject({ failure: { code: "file.unusable" } });
  expect(await readImport(folder)).toMatchObject({ failure: { code: "file.unusable" } });
});
