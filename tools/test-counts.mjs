/**
 * Sums the reports that vitest and Playwright leave in `test-results`. As a program it prints the
 * one line that ends `.ci/run`.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const results = join(fileURLToPath(import.meta.url), "../../test-results");

function report(name) {
  const file = join(results, name);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

/**
 * @returns {{ passed: number, failed: number, skipped: number }} A file that could not even be
 *   loaded counts as one failed test; a test that passed only when repeated has failed.
 */
export function testCounts() {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const project of ["unit", "integration"]) {
    const vitest = report(`${project}.json`);
    if (!vitest) continue;
    sum.passed += vitest.numPassedTests;
    sum.failed +=
      vitest.numFailedTests +
      vitest.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0).length;
    sum.skipped += vitest.numPendingTests + vitest.numTodoTests;
  }
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
