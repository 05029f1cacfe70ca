import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { LAYERS } from "../../../tools/rooms/layers.ts";
import { misplacedDependencies, type Parts, violations } from "../../../tools/rooms/rules.ts";
import { readSources } from "../../../tools/rooms/sources.ts";

const PARTS: Parts = {
  shop: {
    layers: [["main.ts"], ["till", "shelf"], ["till/drawer"], ["goods", "contract"]],
    mayImport: ["bank/contract", "bank/safe/coin.ts"],
    packages: { ".": ["node:*", "zod"], goods: ["@scope/pure"] },
  },
  bank: { layers: [["safe"], ["contract"]], mayImport: [], packages: { ".": ["*"] } },
  "bank/vault": { layers: [["."]], mayImport: ["bank/contract"], packages: { ".": [] } },
};

/** Each room has a file, so that only what a test adds is found. */
const FURNISHED = {
  "shop/main.ts": "",
  "shop/till/till.ts": "",
  "shop/till/drawer/drawer.ts": "",
  "shop/shelf/shelf.ts": "",
  "shop/goods/goods.ts": "",
  "shop/contract/prices.ts": "",
  "bank/safe/safe.ts": "",
  "bank/contract/money.ts": "",
  "bank/vault/vault.ts": "",
};

/** Writes the files into an empty folder. @returns what the rules say of it. */
async function check(files: Record<string, string>): Promise<string[]> {
  const root = await mkdtemp(join(tmpdir(), "rooms-"));
  try {
    for (const [path, text] of Object.entries({ ...FURNISHED, ...files })) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    return violations(PARTS, await readSources(root, Object.keys(PARTS)));
  } finally {
    await rm(root, { recursive: true });
  }
}

describe("the rooms", () => {
  it("have nothing to say of what is in order", async () => {
    expect(
      await check({
        "shop/main.ts": 'import "./till/till.ts";\nexport * from "../bank/contract/money.ts";',
        "shop/till/till.ts": 'import { readFile } from "node:fs/promises";\nimport "./drawer/drawer.ts";',
        "shop/goods/goods.ts": 'import "@scope/pure/part.js";\nimport "./tea.ts";\nimport "./goods.css";',
        "shop/goods/tea.ts": 'import "../../bank/safe/coin.ts";',
        "bank/safe/coin.ts": "",
        "shop/vite.config.ts": 'import "vite";\nimport "./main.ts";',
      }),
    ).toEqual([]);
  });

  it("are free of circles, of types too, and a circle is named once and short", async () => {
    expect(
      await check({
        "shop/goods/goods.ts": 'import { type Tea } from "./tea.ts";\nimport "./cup.ts";',
        "shop/goods/tea.ts": 'import type { Goods } from "./goods.ts";\nexport type Of = import("./cup.ts").Cup;',
        "shop/goods/cup.ts": 'export { tea } from "./tea.ts";',
      }),
    ).toEqual([
      "circular import: shop/goods/cup.ts → shop/goods/tea.ts → shop/goods/cup.ts",
      "circular import: shop/goods/goods.ts → shop/goods/tea.ts → shop/goods/goods.ts",
    ]);
  });

  it("see what a Svelte file imports, in both of its scripts", async () => {
    expect(
      await check({
        "shop/goods/Tea.svelte":
          '<script module lang="ts">\n  import type { A } from "../main.ts";\n</script>\n<script lang="ts">\n' +
          '  import Cup from "./Cup.svelte";\n</script>\n<p>import "../../bank/safe/safe.ts"</p>',
        "shop/goods/Cup.svelte": '<script>import Tea from "./Tea.svelte";</script>',
      }),
    ).toEqual([
      "circular import: shop/goods/Cup.svelte → shop/goods/Tea.svelte → shop/goods/Cup.svelte",
      "forbidden import: shop/goods/Tea.svelte → shop/main.ts (shop/goods must not import shop/main.ts)",
    ]);
  });

  it.each([
    ["up", "shop/goods/goods.ts", "../till/till.ts", "shop/goods must not import shop/till"],
    ["beside itself", "shop/till/till.ts", "../shelf/shelf.ts", "shop/till must not import shop/shelf"],
    ["up within a folder", "shop/till/drawer/drawer.ts", "../till.ts", "shop/till/drawer must not import shop/till"],
    [
      "into a closed room of another part",
      "shop/till/till.ts",
      "../../bank/safe/safe.ts",
      "shop/till must not import bank/safe",
    ],
    [
      "into another part at all",
      "bank/safe/safe.ts",
      "../../shop/goods/goods.ts",
      "bank/safe must not import shop/goods",
    ],
    ["into the part around it", "bank/vault/vault.ts", "../safe/safe.ts", "bank/vault must not import bank/safe"],
    ["into a part within it", "bank/safe/safe.ts", "../vault/vault.ts", "bank/safe must not import bank/vault"],
  ])("do not import %s", async (_where, path, imported, why) => {
    for (const text of [
      `import "${imported}";`,
      `export type { A } from "${imported}";`,
      `await import("${imported}");`,
    ])
      expect(await check({ [path]: text })).toEqual([
        `forbidden import: ${path} → ${join(dirname(path), imported)} (${why})`,
      ]);
  });

  it("take from outside only what their list has", async () => {
    expect(
      await check({
        "shop/till/till.ts": 'import { app } from "electron/main";',
        "shop/goods/goods.ts": 'import "zod";\nimport type { Stats } from "node:fs";',
        "bank/safe/safe.ts": 'import "anything";',
      }),
    ).toEqual([
      "forbidden package: shop/goods/goods.ts → zod",
      "forbidden package: shop/goods/goods.ts → node:fs",
      "forbidden package: shop/till/till.ts → electron",
    ]);
  });

  it("are all in the table, and the table has no other", async () => {
    expect(await check({ "shop/cellar/wine.ts": "" })).toEqual(["unlisted: shop/cellar/wine.ts belongs to no room"]);
    const empty: Parts = { shop: { layers: [["attic"]], mayImport: [], packages: {} } };
    expect(violations(empty, [])).toEqual(["empty: shop/attic has no file"]);
  });

  it("import what is in dependencies, and nothing is there that they do not import", () => {
    const file = (path: string, ...packages: string[]) => ({ path, lines: 1, imports: [], packages });
    const files = [file("shop/main.ts", "zod", "electron", "node:fs"), file("test/a.ts", "vitest", "ws")];
    const check = (...dependencies: string[]) =>
      misplacedDependencies(files, dependencies, { shipped: ["shop"], provided: ["electron"] });
    expect(check("zod")).toEqual([]);
    expect(check()).toEqual(["not in dependencies: shop/main.ts → zod"]);
    expect(check("zod", "ws")).toEqual(["not imported: ws is in dependencies, but no shipped program imports it"]);
  });

  it("hold at most 20 source files in a folder", async () => {
    const files = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`shop/goods/tea${index}.ts`, ""]));
    expect(await check(files(19))).toEqual([]);
    expect(await check({ ...files(19), "shop/goods/Tea.svelte": "" })).toEqual([
      "crowded: shop/goods has 21 files (at most 20)",
    ]);
  });

  it("keep a file of a contract to 250 lines", async () => {
    expect(
      await check({ "shop/contract/prices.ts": "//\n".repeat(250), "shop/goods/goods.ts": "//\n".repeat(300) }),
    ).toEqual([]);
    expect(await check({ "shop/contract/prices.ts": "//\n".repeat(251) })).toEqual([
      "too long: shop/contract/prices.ts has 251 lines (at most 250)",
    ]);
  });

  it("name each room once", () => {
    for (const { layers } of Object.values(LAYERS)) expect(new Set(layers.flat()).size).toBe(layers.flat().length);
  });
});
