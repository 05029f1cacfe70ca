/** How long each test took, from the reports that vitest and Playwright leave in `test-results`. */
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

const root = join(import.meta.dirname, "../..");
const results = join(root, "test-results");

export interface TestTime {
  seconds: number;
  /** From the root of the repository. */
  file: string;
  title: string;
}

interface VitestReport {
  testResults: { name: string; assertionResults: { fullName: string; duration?: number | null }[] }[];
}

interface PlaywrightSuite {
  file: string;
  suites?: PlaywrightSuite[];
  specs: { title: string; tests: { results: { duration: number }[] }[] }[];
}

function report(name: string): unknown {
  const file = join(results, name);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

function timesOfSuite({ file, suites = [], specs }: PlaywrightSuite): TestTime[] {
  const own = specs.flatMap(({ title, tests }) =>
    tests.map(({ results }) => ({
      seconds: results.reduce((sum, { duration }) => sum + duration, 0) / 1000,
      file: join("test/e2e", file),
      title,
    })),
  );
  return [...own, ...suites.flatMap(timesOfSuite)];
}

/** All tests that ran, the slowest first. */
export function testTimes(): TestTime[] {
  const vitest = ["unit", "integration", "electron"].flatMap(
    (project) => (report(`${project}.json`) as VitestReport | undefined)?.testResults ?? [],
  );
  const playwright = report("e2e.json") as { suites: PlaywrightSuite[] } | undefined;
  return [
    ...vitest.flatMap(({ name, assertionResults }) =>
      assertionResults.map(({ fullName, duration }) => ({
        seconds: (duration ?? 0) / 1000,
        file: relative(root, name),
        title: fullName,
      })),
    ),
    ...(playwright?.suites ?? []).flatMap(timesOfSuite),
  ].toSorted((a, b) => b.seconds - a.seconds);
}

/** How often Electron had to be started once more; each try is a line of its file. */
export function repeatedStarts(): number {
  const file = join(results, "repeated-starts.log");
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean).length : 0;
}
