/**
 * `npm run check`: format, lint, types, svelte-check, build, unit and integration tests, package, e2e tests, in the order of how soon they can fail. The first failure ends it; warnings
 * are failures. Names as arguments run only those steps: `npm run check -- lint unit`.
 */
import { spawn } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { testCounts } from "./test-counts.mjs";

const root = join(import.meta.dirname, "..");
const results = join(root, "test-results");
const vitest = (project: string) => [
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
const withDisplay = (command: string[]) =>
  process.platform === "linux" && !process.env.DISPLAY ? ["xvfb-run", "-a", "-s", "-screen 0 1600x1000x24", ...command] : command;

const STEPS: Record<string, string[]> = {
  format: ["prettier", "--check", "--log-level=warn", "."],
  lint: ["eslint", "--max-warnings=0", "--concurrency=2", "--cache", "--cache-location=.cache/eslint", "."],
  "types: agent": ["tsc", "-p", "server-agent"],
  "types: core": ["tsc", "-p", "server-agent/core"],
  "types: main": ["tsc", "-p", "main"],
  "types: test": ["tsc", "-p", "test"],
  "types: tools": ["tsc", "-p", "tools"],
  svelte: ["svelte-check", "--tsconfig", "renderer/tsconfig.json", "--fail-on-warnings", "--output=human"],
  build: ["node", "tools/build.ts"],
  unit: vitest("unit"),
  integration: vitest("integration"),
  package: ["node", "tools/package.ts"],
  e2e: withDisplay(["playwright", "test", "--config", "test/playwright.config.ts"]),
};

function run(command: string[]): Promise<number> {
  const [name = "", ...args] = command;
  const child = spawn(name, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, PATH: join(root, "node_modules/.bin") + delimiter + (process.env.PATH ?? "") },
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => {
      resolve(code ?? 1);
    });
  });
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((word) => !Object.keys(STEPS).some((name) => name.startsWith(word)));
if (unknown.length > 0) {
  console.error(`There is no step ${unknown.join(", ")}; there are ${Object.keys(STEPS).join(", ")}.`);
  process.exit(2);
}
await rm(results, { recursive: true, force: true });
await mkdir(results, { recursive: true });
let failed: string | undefined;
for (const [name, command] of Object.entries(STEPS)) {
  if (wanted.length > 0 && !wanted.some((word) => name.startsWith(word))) continue;
  const started = performance.now();
  console.log(`\n— ${name}`);
  const code = await run(command);
  console.log(`— ${name}: ${code === 0 ? "ok" : "FAILED"} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  if (code !== 0) {
    failed = name;
    break;
  }
}
const { passed, failed: broken, skipped } = testCounts();
console.log(`\nTests: ${String(passed)} passed, ${String(broken)} failed, ${String(skipped)} skipped.`);
console.log(failed === undefined ? "Everything checked is in order." : `Failed at: ${failed}.`);
process.exit(failed === undefined ? 0 : 1);
