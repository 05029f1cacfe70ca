import path from "node:path";
import { defineConfig } from "vitest/config";

const isSoak = process.env.BACKSOON_SOAK === "1";
const setupFiles = ["test/support/english.ts", ...(isSoak ? ["test/support/soak-setup.ts"] : [])];

export default defineConfig({
  test: {
    root: path.join(import.meta.dirname, ".."),
    projects: [
      // They keep nothing between two files, so that these can share what is loaded.
      {
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          // Properties are tried ten times as often in soak, beside other tests.
          testTimeout: isSoak ? 300_000 : 60_000,
          isolate: false,
          setupFiles,
        },
      },
      {
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          globalSetup: "test/support/build-programs.ts",
          // For what hangs: no test says how long it may take, also on a busy machine.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 30_000 } },
          setupFiles,
          // Agents are started often, and a fifth of that was compiling the same program again.
          env: { NODE_COMPILE_CACHE: path.join(import.meta.dirname, "../.cache/compiled") },
          // They start processes and wait for them most of the time.
          maxWorkers: 4,
        },
      },
      {
        test: {
          setupFiles,
          // Under Electron's Node (`tools/electron-tests.ts`), whose BoringSSL knows other
          // algorithms than OpenSSL, and is slow at some.
          name: "electron",
          include: [
            "test/integration/main/ssh/{certificates,hostile-sshd,key-exchange,login-keys,rekey,ssh-login}.test.ts",
          ],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
