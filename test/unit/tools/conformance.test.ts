/** Every test that a page names for a requirement, or for a fault, is there. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../../..");

it.each(["docs/conformance.md", "docs/fault-ledger.md"])("the tests that %s names exist", (page) => {
  const rows = readFileSync(join(ROOT, page), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("|") && !/^\|[ -]+\|/.test(line))
    .map((line) => line.split("|").at(-2) ?? "");
  const named = rows
    .slice(1)
    .flatMap((cell) => [...cell.matchAll(/`((?:unit|integration|e2e)\/[^`]+)`/g)].map(([, test]) => test));
  expect(named.length).toBeGreaterThan(10);
  const missing = named.filter(
    (test) => !["test", "spec"].some((kind) => existsSync(join(ROOT, `test/${test ?? ""}.${kind}.ts`))),
  );
  expect(missing).toEqual([]);
});
