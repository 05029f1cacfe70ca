import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { rolldown } from "rolldown";
import { build } from "vite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { inputRecorder, isUpToDate, writeStamp } from "../../../tools/stamp.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "stamp-"));
});
afterEach(() => rm(root, { recursive: true }));

async function write(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

const SOURCES = {
  "page/index.html": '<script type="module" src="./main.ts"></script>',
  "page/main.ts": 'import "./look.css";\nimport { now } from "../contract/patch.ts";\nconsole.log(now);',
  "page/look.css": "p { background: url(./paper.png); }",
  "page/paper.png": "x".repeat(20),
  "contract/patch.ts": 'import type { Deep } from "./types.ts";\nexport const now: Deep = import.meta.url;',
  "contract/program.ts": 'import { sep } from "node:path";\nimport { now } from "./patch.ts";\nconsole.log(sep, now);',
  "contract/types.ts": "export type Deep = string;",
  "contract/unused.ts": "export const nothing = 0;",
};

async function bundleProgram(): Promise<string[]> {
  const inputs = new Set<string>();
  const built = await rolldown({
    input: join(root, "contract/program.ts"),
    platform: "node",
    logLevel: "silent",
    plugins: [inputRecorder(root, inputs)],
  });
  await built.generate();
  await built.close();
  return [...inputs].sort();
}

async function bundlePage(): Promise<string[]> {
  const inputs = new Set<string>();
  await build({
    root: join(root, "page"),
    configFile: false,
    logLevel: "silent",
    build: { write: false, assetsInlineLimit: 0 },
    plugins: [inputRecorder(root, inputs, join(root, "page"))],
  });
  return [...inputs].sort();
}

describe("the inputs of a bundle", () => {
  it("are those files whose code is in it", async () => {
    await write(SOURCES);
    expect(await bundleProgram()).toEqual(["contract/patch.ts", "contract/program.ts"]);
  });

  it("are, of a page, also what lies outside its folder, its styles and its pictures", async () => {
    await write(SOURCES);
    expect(await bundlePage()).toEqual([
      "contract/patch.ts",
      "page/index.html",
      "page/look.css",
      "page/main.ts",
      "page/paper.png",
    ]);
  });
});

describe("a stamp", () => {
  it.each(["page/main.ts", "contract/patch.ts", "page/paper.png"])(
    "notices that %s has changed, or is gone",
    async (path) => {
      await write(SOURCES);
      const stamp = join(root, ".page.stamp");
      expect(await isUpToDate(stamp, root)).toBe(false);
      await writeStamp(stamp, root, await bundlePage());
      expect(await isUpToDate(stamp, root)).toBe(true);
      await write({ "contract/unused.ts": "changed", "contract/types.ts": "changed" });
      expect(await isUpToDate(stamp, root)).toBe(true);
      const text = await readFile(join(root, path), "utf8");
      await write({ [path]: `${text} ` });
      expect(await isUpToDate(stamp, root)).toBe(false);
      await write({ [path]: text });
      expect(await isUpToDate(stamp, root)).toBe(true);
      await rm(join(root, path));
      expect(await isUpToDate(stamp, root)).toBe(false);
    },
  );

  it("notices what changes in a folder, comes into it and leaves it", async () => {
    await write({ "pictures/a.svg": "a", "pictures/dark/a.svg": "a" });
    const stamp = join(root, ".pictures.stamp");
    for (const change of [
      () => write({ "pictures/dark/a.svg": "b" }),
      () => write({ "pictures/dark/b.svg": "" }),
      () => rm(join(root, "pictures/a.svg")),
    ]) {
      await writeStamp(stamp, root, ["pictures/"]);
      expect(await isUpToDate(stamp, root)).toBe(true);
      await change();
      expect(await isUpToDate(stamp, root)).toBe(false);
    }
  });

  it("of another form, or torn, is none", async () => {
    const stamp = join(root, ".page.stamp");
    for (const text of ["", "3a7bd3e2360a3d29eea436fcfb7e44c7", '{"digest":', '{"inputs":[]}']) {
      await writeFile(stamp, text);
      expect(await isUpToDate(stamp, root)).toBe(false);
    }
  });
});
