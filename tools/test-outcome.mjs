/**
 * What the reports say that vitest and Playwright leave in `test-results`: how many tests passed,
 * and why the others did not. As a program it prints both; its one line of counts ends `.ci/run`.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

const root = join(fileURLToPath(import.meta.url), "../..");
const results = join(root, "test-results");

/** Characters; the rest of a long difference is in the report. */
const MAX_REASON = 1_500;
/** So that a broken build does not push out of sight what failed first. */
const MAX_SHOWN_FAILURES = 10;

function report(name) {
  const file = join(results, name);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

/** What vitest says of each test: its file and name, whether it passed, and else the reason. */
function casesOf(vitest) {
  return vitest.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name);
    // A file that could not even be loaded counts as one failed test.
    if (status === "failed" && assertionResults.length === 0) return [{ id: file, status, reasons: [message ?? ""] }];
    return assertionResults.map((each) => ({
      id: `${file}: ${each.fullName}`,
      status: each.status,
      reasons: each.failureMessages ?? [],
    }));
  });
}

/** The same of Playwright; a test that passed only when repeated has failed. */
function casesOfSuite({ suites = [], specs = [] }) {
  const own = specs.flatMap(({ file, line, title, tests }) =>
    tests.map((test) => ({
      id: `test/e2e/${file}:${line}: ${title}`,
      status: { expected: "passed", skipped: "skipped" }[test.status] ?? "failed",
      reasons: test.results.flatMap(({ errors }) => errors.map(({ message }) => message)),
    })),
  );
  return [...own, ...suites.flatMap(casesOfSuite)];
}

/** Playwright's tests, and as a failed one each what went wrong outside of a test. */
function casesOfPlaywright({ suites, errors }) {
  const outside = errors.map(({ message }, at) => ({
    id: `test/e2e, error ${at}`,
    status: "failed",
    reasons: [message],
  }));
  return [...suites.flatMap(casesOfSuite), ...outside];
}

/** The reports of `npm run soak`, which runs tests of the others again, many times over. */
function soakReports() {
  const folder = join(results, "soak");
  return existsSync(folder) ? readdirSync(folder).map((name) => report(`soak/${name}`)) : [];
}

/** The cases of each report. */
function allCases() {
  const vitest = [report("unit.json"), report("integration.json"), report("electron.json"), ...soakReports()];
  const playwright = report("e2e.json");
  return [...vitest.filter(Boolean).map(casesOf), ...(playwright ? [casesOfPlaywright(playwright)] : [])];
}

/**
 * Each test counts once, however often soak ran it, and has failed if it failed in any of its runs.
 *
 * @returns {{ passed: number, failed: number, skipped: number }}
 */
export function testCounts() {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  // 0: skipped, 1: passed, 2: failed.
  const worstOf = new Map();
  for (const cases of allCases()) {
    const seen = new Map();
    for (const { id, status } of cases) {
      // Two tests of one file may have one name.
      const nth = (seen.get(id) ?? 0) + 1;
      seen.set(id, nth);
      const key = `${id} #${nth}`;
      worstOf.set(key, Math.max(worstOf.get(key) ?? 0, { passed: 1, failed: 2 }[status] ?? 0));
    }
  }
  for (const worst of worstOf.values()) sum[["skipped", "passed", "failed"][worst]] += 1;
  return sum;
}

/** Each test that failed, and what it said. */
export function failuresText() {
  const failed = allCases().flatMap((cases) => cases.filter(({ status }) => status === "failed"));
  const shown = failed.slice(0, MAX_SHOWN_FAILURES).map(({ id, reasons }) => {
    const reason = stripVTControlCharacters(reasons.join("\n")).slice(0, MAX_REASON);
    return `✗ ${id}\n${reason.replace(/^/gm, "    ")}\n`;
  });
  const more = failed.length - shown.length;
  return [...shown, ...(more > 0 ? [`… and ${more} more.\n`] : [])].join("");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { passed, failed } = testCounts();
  process.stdout.write(failuresText());
  console.log(`${passed} passed, ${failed} failed`);
}
