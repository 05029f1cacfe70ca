import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "e2e",
  testMatch: "**/*.spec.ts",
  // Each worker has a display of its own, each test an app, a profile and agents of its own.
  workers: 2,
  fullyParallel: true,
  // For what hangs: no test says how long it may take, also on a busy machine.
  timeout: 300_000,
  expect: { timeout: 30_000 },
  forbidOnly: process.env.CI !== undefined,
  // Playwright empties this folder first; the reports are beside it.
  outputDir: "../test-results/e2e",
  use: { trace: "retain-on-failure", screenshot: "only-on-failure" },
  reporter: [["list"], ["json", { outputFile: "../test-results/e2e.json" }]],
});
