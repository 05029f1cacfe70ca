/**
 * `npm run check`: rooms, unused code, format, types, svelte-check, build and unit tests with lint
 * beside them, then integration tests, package, e2e tests, in the order of how soon they can fail.
 * The first failure ends it; warnings are failures. Names as arguments run only those steps:
 * `npm run check -- lint unit`.
 */
import { spawn } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { testCounts } from "./test-counts.mjs";

const root = join(import.meta.dirname, "..");
const results = join(root, "test-results");
function vitest(project: string) {
  return [
    "vitest",
    "run",
    "--config",
    "test/vitest.config.ts",
    "--project",
    project,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=test-results/${project}.json`,
  ];
}
function withDisplay(command: string[]) {
  return process.platform === "linux" && !process.env.DISPLAY
    ? ["xvfb-run", "-a", "-s", "-screen 0 1600x1000x24", ...command]
    : command;
}

type Steps = Record<string, string[]>;

/** One after another; the lanes of a stage side by side. */
const STAGES: Steps[][] = [
  // The linter takes as long as all the others that need no quiet machine.
  [
    { lint: ["eslint", "--max-warnings=0", "--cache", "--cache-location=.cache/eslint", "."] },
    {
      rooms: ["node", "tools/rooms/check.ts", "--report"],
      unused: ["knip", "--config", "tools/knip.jsonc", "--no-progress", "--no-exit-code"],
      format: ["prettier", "--check", "--log-level=warn", "."],
      "types: agent": ["tsc", "-p", "server-agent"],
      "types: core": ["tsc", "-p", "server-agent/core"],
      "types: main": ["tsc", "-p", "main"],
      "types: test": ["tsc", "-p", "test"],
      "types: tools": ["tsc", "-p", "tools"],
      svelte: ["svelte-check", "--tsconfig", "renderer/tsconfig.json", "--fail-on-warnings", "--output=human"],
      build: ["node", "tools/build.ts"],
      unit: vitest("unit"),
    },
  ],
  [
    {
      integration: vitest("integration"),
      package: ["node", "tools/package.ts"],
      e2e: withDisplay(["playwright", "test", "--config", "test/playwright.config.ts"]),
    },
  ],
];

/**
 * @returns whether it ended well, and what it printed where that was not to be seen at once;
 *   `undefined` when it was given up.
 */
function run(
  command: string[],
  isSeen: boolean,
  signal: AbortSignal,
): Promise<{ isOk: boolean; output: string } | undefined> {
  const [name = "", ...args] = command;
  const child = spawn(name, args, {
    cwd: root,
    stdio: isSeen ? "inherit" : ["ignore", "pipe", "pipe"],
    env: { ...process.env, PATH: join(root, "node_modules/.bin") + delimiter + (process.env.PATH ?? "") },
    signal,
  });
  let output = "";
  const collect = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout?.on("data", collect);
  child.stderr?.on("data", collect);
  return new Promise((resolve, reject) => {
    child.on("error", (error) => {
      if (signal.aborted) resolve(undefined);
      else reject(error);
    });
    child.on("close", (code) => {
      resolve({ isOk: code === 0, output });
    });
  });
}

const wanted = process.argv.slice(2);
function isWanted(name: string) {
  return wanted.length === 0 || wanted.some((word) => name.startsWith(word));
}
const names = STAGES.flat().flatMap((lane) => Object.keys(lane));
const unknown = wanted.filter((word) => !names.some((name) => name.startsWith(word)));
if (unknown.length > 0) {
  console.error(`There is no step ${unknown.join(", ")}; there are ${names.join(", ")}.`);
  process.exit(2);
}
await rm(results, { recursive: true, force: true });
await mkdir(results, { recursive: true });
let failed: string | undefined;

async function runLane(
  lane: [name: string, command: string[]][],
  isAlone: boolean,
  stop: AbortController,
): Promise<void> {
  for (const [name, command] of lane) {
    const started = performance.now();
    if (isAlone) console.log(`\n— ${name}`);
    const result = await run(command, isAlone, stop.signal);
    if (result === undefined) return;
    const { isOk, output } = result;
    console.log(
      `${isAlone ? "" : `\n— ${name}\n${output}`}— ${name}: ${isOk ? "ok" : "FAILED"} (${((performance.now() - started) / 1000).toFixed(1)} s)`,
    );
    if (isOk) continue;
    failed ??= name;
    stop.abort();
    return;
  }
}

for (const stage of STAGES) {
  const lanes = stage
    .map((lane) => Object.entries(lane).filter(([name]) => isWanted(name)))
    .filter((lane) => lane.length > 0);
  const stop = new AbortController();
  await Promise.all(lanes.map((lane) => runLane(lane, lanes.length === 1, stop)));
  if (failed !== undefined) break;
}
const { passed, failed: broken, skipped } = testCounts();
console.log(`\nTests: ${String(passed)} passed, ${String(broken)} failed, ${String(skipped)} skipped.`);
console.log(failed === undefined ? "Everything checked is in order." : `Failed at: ${failed}.`);
process.exit(failed === undefined ? 0 : 1);
