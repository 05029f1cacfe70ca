/** An own page on this computer: what is sent of it, and what is refused by name and limit. */
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { readOwnPage } from "../../../../main/desktop/own-page-files.ts";
import { MAX_OWN_PAGE_BYTES, OwnPageUpload } from "../../../../server-agent/contract/own-pages.ts";

// Nothing here opens a dialog.
vi.mock("electron", () => ({ dialog: {} }));

let folder: string;
let page: string;
let serial = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "backsoon-own-page-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  page = join(folder, `page-${(serial += 1)}`);
  await mkdir(join(page, "images"), { recursive: true });
  await writeFile(join(page, "index.html"), "<h1>Ours</h1>");
});

async function refusalOf(chosen: string): Promise<string> {
  const read = await readOwnPage(chosen);
  if (read.ok) throw new Error("it was taken");
  expect(read.failure.code).toBe("file.unusable");
  return read.failure.message;
}

describe("an own page on this computer", () => {
  it("is sent with its files, without what is hidden or a link", async () => {
    await writeFile(join(page, "images/logo (1).svg"), "<svg/>");
    await writeFile(join(page, ".DS_Store"), "x");
    await symlink("/etc/passwd", join(page, "passwd"));
    const read = await readOwnPage(page);
    if (!read.ok) throw new Error(read.failure.message);
    const { name, files } = read.value;
    expect(files.map(({ path }) => path)).toEqual(["images/logo (1).svg", "index.html"]);
    expect(name).toMatch(/^page-/);
    expect(OwnPageUpload.safeParse({ files }).success).toBe(true);
  });

  it("may be one HTML file, whatever its name", async () => {
    await writeFile(join(page, "-closed!.HTM"), "x");
    expect(await readOwnPage(join(page, "-closed!.HTM"))).toMatchObject({
      ok: true,
      value: { files: [{ path: "index.html" }] },
    });
    await writeFile(join(page, "notes.txt"), "x");
    expect(await refusalOf(join(page, "notes.txt"))).toContain("notes.txt is not an HTML file");
  });

  it("is refused by the name of its file, and the limit", async () => {
    expect(await refusalOf(join(page, "images"))).toContain("images has no index.html");
    expect(await refusalOf(join(page, "nope"))).toContain("nope could not be read");
    await writeFile(join(page, "images/-x.png"), "x");
    expect(await refusalOf(page)).toContain("images/-x.png cannot be sent");
    await rm(join(page, "images/-x.png"));
    // Short enough in characters, but not for the server's file system.
    expect(OwnPageUpload.safeParse({ files: [{ path: `${"字".repeat(90)}.png`, content: "" }] }).success).toBe(false);
    expect(OwnPageUpload.safeParse({ files: [{ path: `${"字".repeat(80)}.png`, content: "" }] }).success).toBe(true);
    await writeFile(join(page, "images/big.png"), "");
    await truncate(join(page, "images/big.png"), MAX_OWN_PAGE_BYTES + 1);
    expect(await refusalOf(page)).toContain("With images/big.png (5 MB) the page is larger than 5 MB");
    await rm(join(page, "images/big.png"));
    await writeFile(join(page, "index.html"), "");
    expect(await refusalOf(page)).toContain("index.html is empty");
    for (let number = 0; number < 200; number += 1) await writeFile(join(page, `${number}.css`), "");
    expect(await refusalOf(page)).toContain("more than 200 files");
  });
});
