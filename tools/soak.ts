/**
 * `npm run soak`: the tests that repeat what chance decides, many times over and each time with
 * another seed, until the time is over: `npm run soak -- --minutes 30` (ten without it). A failure
 * names its seed; `SEED=123 npm run soak -- FILE` runs one file with it again, once.
 * `npm run soak -- --requests 1000000` is one long run: so many requests of each kind over a
 * thousandth as many switches.
 */
import { existsSync } from "node:fs";
import { glob, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runStep } from "./check/run-step.ts";

const root = join(import.meta.dirname, "..");
const results = "test-results/soak";
/** Each of them keeps about one processor busy. */
const LANES = 2;
/** For a file that was begun before the time was over. */
const FILE_TIMEOUT_MS = 300_000;
const LONG_RUN = "test/integration/server-agent/supervisor/switch/long-run.test.ts";

const { values, positionals } = parseArgs({
  options: { minutes: { type: "string", default: "10" }, requests: { type: "string" } },
  allowPositionals: true,
});
const end = performance.now() + Number(values.minutes) * 60_000;
const givenSeed = process.env.SEED;
const isOnce = givenSeed !== undefined || values.requests !== undefined;

/** Tests that take a count of repetitions, or are made of properties. */
async function soakFiles(): Promise<string[]> {
  const files: string[] = [];
  for await (const file of glob("test/{unit,integration}/**/*.test.ts", { cwd: root }))
    if (/support\/repetitions\.ts"|from "fast-check"/.test(await readFile(join(root, file), "utf8"))) files.push(file);
  return files.sort();
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** As vitest reports a file that could not be loaded. */
function failedFile(file: string): object {
  return { name: join(root, file), status: "failed", assertionResults: [] };
}

const all = await soakFiles();
const unknown = positionals.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`Soak has no ${unknown.join(", ")}; it has\n${all.join("\n")}`);
  process.exit(2);
}
const files = values.requests !== undefined ? [LONG_RUN] : positionals.length > 0 ? positionals : all;
await rm(join(root, results), { recursive: true, force: true });
await mkdir(join(root, results), { recursive: true });

const failures: string[] = [];
let waiting: string[] = shuffled(files);
let runs = 0;

async function runFile(file: string, run: number): Promise<void> {
  const seed = givenSeed ?? String(Math.floor(Math.random() * 1_000_000));
  const command = ["vitest", "run", "--config", "test/vitest.config.ts", file];
  const reporters = ["--reporter=dot", "--reporter=json", `--outputFile.json=${results}/${String(run)}.json`];
  console.log(`— ${file}, seed ${seed}`);
  const limit = values.requests === undefined ? AbortSignal.timeout(FILE_TIMEOUT_MS) : new AbortController().signal;
  const isOk = await runStep(file, [...command, ...reporters], limit, {
    BACKSOON_SOAK: "1",
    SEED: seed,
    ...(values.requests === undefined ? {} : { BACKSOON_REQUESTS: values.requests }),
  });
  // One that hung, or could not begin, has left no report: test-outcome.mjs counts it as one failed
  // test.
  const report = join(root, results, `${String(run)}.json`);
  if (!existsSync(report)) await writeFile(report, JSON.stringify({ testResults: [failedFile(file)] }));
  if (isOk !== true) failures.push(`SEED=${seed} npm run soak -- ${file}${isOk === undefined ? " (hung)" : ""}`);
}

async function runLane(): Promise<void> {
  while (performance.now() < end) {
    if (waiting.length === 0 && !isOnce) waiting = shuffled(files);
    const file = waiting.shift();
    if (file === undefined) return;
    runs += 1;
    await runFile(file, runs);
  }
}

await Promise.all(Array.from({ length: LANES }, runLane));
console.log(`\nSoak: ${String(runs)} runs of ${String(files.length)} files, ${String(failures.length)} failed.`);
for (const failure of failures) console.log(`To see it again: ${failure}`);
process.exit(failures.length === 0 ? 0 : 1);
