import path from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: path.join(import.meta.dirname, ".."),
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"], testTimeout: 60_000 } },
      {
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          globalSetup: "test/support/build-programs.ts",
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Each file runs processes of its own and loads them.
          maxWorkers: 2,
        },
      },
    ],
  },
});
