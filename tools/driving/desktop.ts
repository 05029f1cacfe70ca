import { type ElectronApplication, type Page, _electron } from "@playwright/test";
import { once } from "node:events";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { electronRuntime } from "../electron-runtime.mjs";
import { ownDisplay } from "./display.ts";

const root = path.join(import.meta.dirname, "../..");

/** A start takes one to three seconds; the last try may take long. */
const LAUNCH_TIMEOUTS_MS = [12_000, 12_000, 12_000, 60_000];

/** No name leads out of this machine: what visitors get is asked here, or not at all. */
const NO_DNS = "--host-resolver-rules=MAP * ~NOTFOUND";

/** As the tests read it, whatever language the system has. */
const LANGUAGE = "--lang=en";

export interface Desktop {
  app: ElectronApplication;
  page: Page;
  /** The app's own data folder, made for this start unless one was given. */
  userData: string;
  /**
   * The folder for temporary files of the app and everything it starts; empty again once the app
   * has ended.
   */
  temporary: string;
  /**
   * Quits the app as its menu does and waits for its end; fails when it left anything of its
   * practice server behind.
   */
  close(): Promise<void>;
}

export interface DesktopOptions {
  /** A data folder that outlives this start; the caller removes it. */
  userData?: string;
  /** A packaged app instead of the built source tree. */
  executable?: string;
  args?: string[];
  /** Instead of this process's own; `undefined` takes a variable away. */
  env?: Record<string, string | undefined>;
}

function withoutMissing(env: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/**
 * Now and then Electron 33 does not answer the debugger that drives it, before a line of the app
 * has run, also twice in a row. Playwright has ended that one; the next one answers.
 * `npm run check` counts the repeated starts.
 */
async function untilItAnswers(launch: (timeout: number) => Promise<ElectronApplication>): Promise<ElectronApplication> {
  const [last = 0, ...others] = LAUNCH_TIMEOUTS_MS.toReversed();
  for (const timeout of others.toReversed()) {
    try {
      return await launch(timeout);
    } catch (failure) {
      const why = String(failure).split("\n")[0] ?? "";
      console.error(`Electron did not start for the debugger, once more: ${why}`);
      // The guided tour comes without that folder.
      await fs.mkdir(path.join(root, "test-results"), { recursive: true });
      await fs.appendFile(path.join(root, "test-results/repeated-starts.log"), `${why}\n`);
    }
  }
  return launch(last);
}

/** Starts the real app on the display there is, with its own data folder. */
export async function startDesktop({
  userData,
  executable,
  args = [],
  env = {},
}: DesktopOptions = {}): Promise<Desktop> {
  await ownDisplay();
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), "backsoon-e2e-"));
  const data = userData ?? path.join(folder, "data");
  const temporary = path.join(folder, "tmp");
  await fs.mkdir(temporary);
  const runtime = electronRuntime();
  const launch = (timeout: number) =>
    _electron.launch({
      executablePath: executable ?? runtime.executable,
      args: [
        ...runtime.args,
        ...(executable === undefined ? [root] : []),
        `--user-data-dir=${data}`,
        NO_DNS,
        LANGUAGE,
        ...args,
      ],
      env: withoutMissing({ ...process.env, TMPDIR: temporary, ...env }),
      timeout,
    });
  const app = await untilItAnswers(launch);
  const page = await app.firstWindow();
  const program = app.process();
  const running = () => program.exitCode === null && program.signalCode === null;
  return {
    app,
    page,
    userData: data,
    temporary,
    async close() {
      let left: string[] = [];
      if (running()) {
        const ended = once(program, "exit");
        await app.close();
        if (running()) await ended;
        left = (await fs.readdir(temporary)).filter((name) => name.startsWith("backsoon-"));
      }
      await fs.rm(folder, { recursive: true, force: true, maxRetries: 10 });
      if (left.length > 0) throw new Error(`the app left ${left.join(", ")} behind`);
    },
  };
}
