import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { filesNamed } from "../../../../../server-agent/adapters/caddy/files-named.ts";

const folder = mkdtempSync(join(tmpdir(), "named-"));
for (const name of ["sites/a.caddy", "sites/b.caddy", "sites/b.txt", "more/c.caddy", "more/d+e.caddy"]) {
  mkdirSync(join(folder, name, ".."), { recursive: true });
  writeFileSync(join(folder, name), "");
}
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ["sites/*.caddy", ["sites/a.caddy", "sites/b.caddy"]],
  ["*/[bc].caddy", ["more/c.caddy", "sites/b.caddy"]],
  ["sites/[^a].caddy", ["sites/b.caddy"]],
  ["sites/?.*", ["sites/a.caddy", "sites/b.caddy", "sites/b.txt"]],
  ["more/d+e.caddy", ["more/d+e.caddy"]],
  ["more/d+*", ["more/d+e.caddy"]],
  ["none/*.caddy", []],
  ["sites/[.caddy", []],
  ["sites/gone.caddy", ["sites/gone.caddy"]],
])("%s names its files", (pattern, names) => {
  expect(filesNamed(join(folder, pattern))).toEqual(names.map((name) => join(folder, name)));
});
