import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "e2e",
  testMatch: "**/*.spec.ts",
  // Every test starts an app and an agent of its own; two at a time would disturb each other's
  // timing.
  workers: 1,
  fullyParallel: false,
  timeout: 90_000,
  expect: { timeout: 10_000 },
  forbidOnly: process.env.CI !== undefined,
  // Playwright empties this folder first; the reports are beside it.
  outputDir: "../test-results/e2e",
  use: { trace: "retain-on-failure", screenshot: "only-on-failure" },
  reporter: [["list"], ["json", { outputFile: "../test-results/e2e.json" }]],
});
