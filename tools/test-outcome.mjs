/**
 * Sums the reports that vitest and Playwright leave in `test-results`. As a program it prints the
 * one line that ends `.ci/run`.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(fileURLToPath(import.meta.url), "../..");
const results = join(root, "test-results");

function report(name) {
  const file = join(results, name);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

/** What vitest says of each test: its file and name, and whether it passed. */
function casesOf(vitest) {
  return vitest.testResults.flatMap(({ name, status, assertionResults }) => {
    const file = relative(root, name);
    // A file that could not even be loaded counts as one failed test.
    if (status === "failed" && assertionResults.length === 0) return [{ id: file, status }];
    return assertionResults.map((each) => ({ id: `${file}: ${each.fullName}`, status: each.status }));
  });
}

/** The reports of `npm run soak`, which runs tests of the others again, many times over. */
function soakReports() {
  const folder = join(results, "soak");
  return existsSync(folder) ? readdirSync(folder).map((name) => report(`soak/${name}`)) : [];
}

/**
 * Each test counts once, however often soak ran it, and has failed if it failed in any of its runs.
 *
 * @returns {{ passed: number, failed: number, skipped: number }} A test of the app that passed only
 *   when repeated has failed.
 */
export function testCounts() {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  const reports = [report("unit.json"), report("integration.json"), report("electron.json"), ...soakReports()].filter(
    Boolean,
  );
  // 0: skipped, 1: passed, 2: failed.
  const worstOf = new Map();
  for (const vitest of reports) {
    const seen = new Map();
    for (const { id, status } of casesOf(vitest)) {
      // Two tests of one file may have one name.
      const nth = (seen.get(id) ?? 0) + 1;
      seen.set(id, nth);
      const key = `${id} #${nth}`;
      worstOf.set(key, Math.max(worstOf.get(key) ?? 0, { passed: 1, failed: 2 }[status] ?? 0));
    }
  }
  for (const worst of worstOf.values()) sum[["skipped", "passed", "failed"][worst]] += 1;
  const playwright = report("e2e.json");
  if (playwright) {
    sum.passed += playwright.stats.expected;
    sum.failed += playwright.stats.unexpected + playwright.stats.flaky + playwright.errors.length;
    sum.skipped += playwright.stats.skipped;
  }
  return sum;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { passed, failed } = testCounts();
  console.log(`${passed} passed, ${failed} failed`);
}
