/** The steps of `npm run check`, and what may run beside what. */

export interface Step {
  command: readonly string[];
  /** Steps that must have ended well before it; none when left out. */
  after?: readonly string[];
}

/**
 * The lanes run side by side, the steps of a lane one after another, whether or not the one before
 * ended well. The first lane computes all the time; the tests of the others wait more than they
 * compute.
 */
export const LANES: readonly Readonly<Record<string, Step>>[] = [
  {
    rooms: { command: ["node", "tools/rooms/check.ts"] },
    unused: { command: ["knip", "--config", "tools/knip.jsonc", "--no-progress"] },
    format: {
      command: ["prettier", "--check", "--log-level=warn", "--cache", "--cache-location=.cache/prettier", "."],
    },
    "types: agent": types("server-agent"),
    "types: core": types("server-agent/core"),
    "types: main": types("main"),
    "types: test": types("test"),
    "types: tools": types("tools"),
    svelte: {
      command: ["svelte-check", "--tsconfig", "renderer/tsconfig.json", "--fail-on-warnings", "--output=human"],
    },
    unit: { command: vitest("unit"), after: ["build"] },
    lint: { command: ["eslint", "--max-warnings=0", "--cache", "--cache-location=.cache/eslint", "."] },
  },
  {
    build: { command: ["node", "tools/build.ts"] },
    integration: { command: vitest("integration"), after: ["build"] },
  },
  {
    package: { command: ["node", "tools/package.ts"], after: ["build"] },
    e2e: { command: ["playwright", "test", "--config", "test/playwright.config.ts"], after: ["package"] },
  },
  {
    electron: { command: ["node", "tools/electron-tests.ts", ...reporters("electron")] },
  },
];

/** What TypeScript found the last time is kept, so that only what has changed is checked again. */
function types(room: string): Step {
  const kept = `.cache/types/${room.replace("/", "-")}.tsbuildinfo`;
  return { command: ["tsc", "-p", room, "--incremental", "--tsBuildInfoFile", kept] };
}

function vitest(project: string): string[] {
  return ["vitest", "run", "--config", "test/vitest.config.ts", "--project", project, ...reporters(project)];
}

function reporters(project: string): string[] {
  return ["--reporter=default", "--reporter=json", `--outputFile.json=test-results/${project}.json`];
}
