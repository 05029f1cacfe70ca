/**
 * `npm run check`: rooms, unused code, format, types, svelte-check, unit tests and lint, beside
 * them the integration tests, and the package with its end-to-end tests (check/steps.ts). A failure
 * ends only the steps that build on it, so that one run tells them all; warnings are failures.
 * Names as arguments run only those steps: `npm run check -- lint unit`. At the end it says how
 * long each step and the slowest tests took, and why tests failed.
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { runStep } from "./check/run-step.ts";
import { LANES, type Step } from "./check/steps.ts";
import { repeatedStarts, testTimes } from "./check/test-times.ts";
import { failuresText, testCounts } from "./test-outcome.mjs";

const results = join(import.meta.dirname, "../test-results");
const SLOWEST_TESTS = 20;

const wanted = process.argv.slice(2);
const names = LANES.flatMap((lane) => Object.keys(lane));
const unknown = wanted.filter((word) => !names.some((name) => name.startsWith(word)));
if (unknown.length > 0) {
  console.error(`There is no step ${unknown.join(", ")}; there are ${names.join(", ")}.`);
  process.exit(2);
}
function isWanted(name: string): boolean {
  return wanted.length === 0 || wanted.some((word) => name.startsWith(word));
}

await rm(results, { recursive: true, force: true });
await mkdir(results, { recursive: true });
const started = performance.now();
const took: { name: string; seconds: number; isOk: boolean }[] = [];
const ends = new Map(names.map((name) => [name, Promise.withResolvers<boolean>()]));

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}

/** Resolves to whether the step ended well; one that is not wanted does nothing, well. */
async function runWhenReady(name: string, { command, after = [] }: Step): Promise<boolean> {
  const before = await Promise.all(after.flatMap((other) => ends.get(other)?.promise ?? []));
  if (!isWanted(name)) return true;
  if (before.includes(false)) return false;
  const start = performance.now();
  const isOk = (await runStep(name, command)) === true;
  took.push({ name, seconds: secondsSince(start), isOk });
  console.log(`— ${name}: ${isOk ? "ok" : "FAILED"} (${secondsSince(start).toFixed(1)} s)`);
  return isOk;
}

async function runLane(lane: Readonly<Record<string, Step>>): Promise<void> {
  for (const [name, step] of Object.entries(lane)) ends.get(name)?.resolve(await runWhenReady(name, step));
}

await Promise.all(LANES.map(runLane));

const times = testTimes().slice(0, SLOWEST_TESTS);
if (times.length > 0) console.log(`\nThe ${String(times.length)} slowest tests:`);
for (const { seconds, file, title } of times) console.log(`${seconds.toFixed(1).padStart(7)} s  ${file}: ${title}`);
console.log("\nThe steps:");
for (const { name, seconds, isOk } of took)
  console.log(`${seconds.toFixed(1).padStart(7)} s  ${name}${isOk ? "" : " (failed)"}`);
console.log(`${secondsSince(started).toFixed(1).padStart(7)} s  altogether, as lanes run side by side`);
console.log(`\nElectron had to be started once more: ${String(repeatedStarts())} times.`);
const { passed, failed, skipped } = testCounts();
console.log(`Tests: ${String(passed)} passed, ${String(failed)} failed, ${String(skipped)} skipped.`);
const failedSteps = took.filter(({ isOk }) => !isOk).map(({ name }) => name);
if (failedSteps.length > 0) console.log(`\n${failuresText()}`);
console.log(failedSteps.length === 0 ? "Everything checked is in order." : `Failed: ${failedSteps.join(", ")}.`);
process.exit(failedSteps.length === 0 ? 0 : 1);
