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

it.each(["9110", "9112"])("each section of RFC %s that its own test shows has a case there", (rfc) => {
  const name = `integration/server-agent/worker/rfc${rfc}`;
  const cases = readFileSync(join(ROOT, `test/${name}.test.ts`), "utf8");
  const page = readFileSync(join(ROOT, "docs/conformance.md"), "utf8");
  const rows = (page.split(`## RFC ${rfc}\n`)[1]?.split("\n## ")[0] ?? "")
    .split("\n")
    .filter((line) => line.includes(`\`${name}\``));
  expect(rows.length).toBeGreaterThan(20);
  const sections = rows.flatMap((row) => (row.split("|")[1] ?? "").split(",").map((section) => section.trim()));
  expect(sections.filter((section) => !new RegExp(`"(?:[\\d., ]+, )?${section}[.\\d]*[",:]`).test(cases))).toEqual([]);
});
