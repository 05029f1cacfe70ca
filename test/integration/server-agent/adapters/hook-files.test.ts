import { chmod, link, mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { removeLeftovers, writeHookFiles } from "../../../../server-agent/adapters/hook-files.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "backsoon-hook-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function at(name: string): string {
  return join(folder, name);
}

describe("the files of a hook", () => {
  it("are changed, made and removed, and put back", async () => {
    await writeFile(at("a"), "one\n");
    await writeFile(at("c"), "gone\n");
    const written = writeHookFiles([
      { path: at("backsoon/b"), before: null, after: "new\n" },
      { path: at("a"), before: "one\n", after: "two\n" },
      { path: at("c"), before: "gone\n", after: null },
    ]);
    expect(written.ok).toBe(true);
    expect(await readdir(folder)).toEqual(["a", "backsoon"]);
    expect([await readFile(at("a"), "utf8"), await readFile(at("backsoon/b"), "utf8")]).toEqual(["two\n", "new\n"]);
    expect(written.ok && written.value.putBack()).toEqual([]);
    expect((await readdir(folder)).sort()).toEqual(["a", "c"]);
    expect(await readFile(at("a"), "utf8")).toBe("one\n");
  });

  it("that are not as the plan saw them stop everything", async () => {
    await writeFile(at("a"), "one\n");
    await writeFile(at("b"), "edited\n");
    const changes = [
      { path: at("a"), before: "one\n", after: "two\n" },
      { path: at("b"), before: "as planned\n", after: "changed\n" },
    ];
    expect(writeHookFiles(changes)).toMatchObject({ ok: false, refusal: { code: "hook.drift" } });
    expect(writeHookFiles([{ path: at("b"), before: null, after: "x" }])).toMatchObject({
      refusal: { code: "hook.drift" },
    });
    expect(writeHookFiles([{ path: at("d"), before: "x", after: null }])).toMatchObject({
      refusal: { code: "hook.drift" },
    });
    expect([await readFile(at("a"), "utf8"), await readFile(at("b"), "utf8")]).toEqual(["one\n", "edited\n"]);
  });

  it("that somebody edits meanwhile are not put back over the edit", async () => {
    await writeFile(at("a"), "one\n");
    const written = writeHookFiles([{ path: at("a"), before: "one\n", after: "two\n" }]);
    await writeFile(at("a"), "mine\n");
    expect(written.ok && written.value.putBack()).toEqual([
      expect.stringContaining("changed by somebody else") as string,
    ]);
    expect(await readFile(at("a"), "utf8")).toBe("mine\n");
  });

  it("behind links keep the links, and every file its mode, whatever the umask is", async () => {
    await mkdir(at("available"));
    await writeFile(at("available/a"), "one\n");
    await chmod(at("available/a"), 0o664);
    await symlink("available/a", at("a"));
    await symlink("a", at("b"));
    expect(writeHookFiles([{ path: at("b"), before: "one\n", after: "two\n" }]).ok).toBe(true);
    expect(await readFile(at("available/a"), "utf8")).toBe("two\n");
    expect((await stat(at("available/a"))).mode & 0o777).toBe(0o664);
    expect((await readdir(folder)).sort()).toEqual(["a", "available", "b"]);
  });

  it("that have several names are refused", async () => {
    await writeFile(at("a"), "one\n");
    await link(at("a"), at("b"));
    const refused = writeHookFiles([{ path: at("a"), before: "one\n", after: "two\n" }]);
    expect(refused).toMatchObject({ ok: false, refusal: { code: "hook.failed" } });
    expect(refused.ok ? "" : refused.refusal.message).toMatch(/several names/);
    expect((await readdir(folder)).sort()).toEqual(["a", "b"]);
  });

  it("leave nothing behind where one of them cannot be written", async () => {
    await writeFile(at("a"), "one\n");
    const refused = writeHookFiles([
      { path: at("backsoon/b"), before: null, after: "new\n" },
      { path: at("a"), before: "one\n", after: "two\n" },
      // There is a file where a folder would have to be.
      { path: at("a/c"), before: null, after: "x\n" },
    ]);
    expect(refused).toMatchObject({ ok: false });
    expect(await readdir(folder)).toEqual(["a"]);
    expect(await readFile(at("a"), "utf8")).toBe("one\n");
  });

  it("take the place of what a dead agent left beside them", async () => {
    await writeFile(at("a"), "one\n");
    await writeFile(at(".a.backsoon"), "half");
    expect(writeHookFiles([{ path: at("a"), before: "one\n", after: "two\n" }]).ok).toBe(true);
    expect(await readdir(folder)).toEqual(["a"]);
  });

  it("and what a dead agent left beside others are gone when the hook is", async () => {
    await mkdir(at("backsoon"));
    await writeFile(at("a"), "one\n");
    for (const name of ["backsoon/b", ".a.backsoon", "backsoon/.c.backsoon"]) await writeFile(at(name), "half");
    expect(writeHookFiles([{ path: at("backsoon/b"), before: "half", after: null }]).ok).toBe(true);
    removeLeftovers([at("a"), at("made-up")]);
    expect(await readdir(folder)).toEqual(["a"]);
  });
});
