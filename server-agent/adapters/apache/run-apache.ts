/** Runs the program of an Apache: what it is, what it reads, whether it would start. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import type { Instance } from "../adapter.ts";

const RUN_TIMEOUT_MS = 30_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const MAX_SAID_LINES = 4;

export interface Ran {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

export interface AboutProgram {
  readonly version: string;
  readonly root: string;
  readonly configuration: string;
}

type Started = Pick<Instance, "program" | "args" | "cwd">;

/** `apache2 -V`. Rejects where it cannot be run. */
export async function aboutProgram(program: string): Promise<AboutProgram> {
  // It reads its configuration for that, which may not be complete without its environment: what is
  // asked for stands in front.
  const { stdout, stderr } = await run(program, ["-V"], { cwd: "/" });
  const version = /^Server version: \S+?\/(\S+)/m.exec(stdout)?.[1];
  if (version === undefined) throw new Error(`${program} -V fails: ${stderr.trim()}`);
  const option = (name: string) => new RegExp(`-D ${name}="([^"]*)"`).exec(stdout)?.[1];
  const root = option("HTTPD_ROOT") ?? "/etc/apache2";
  return { version, root, configuration: join(root, option("SERVER_CONFIG_FILE") ?? "apache2.conf") };
}

const DUMPS = ["DUMP_INCLUDES", "DUMP_VHOSTS", "DUMP_RUN_CFG", "DUMP_MODULES"];

/** What it says of itself. */
export async function dumpConfiguration(
  { program, args, cwd }: Started,
  env: Readonly<Record<string, string>>,
): Promise<Ran> {
  return run(program, ["-t", ...DUMPS.flatMap((name) => ["-D", name]), ...args], { cwd, env });
}

/** What it says of its configuration on disk where that is wrong. */
export async function checkConfiguration(
  { program, args, cwd }: Started,
  env: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const ran = await run(program, ["-t", ...args], { cwd, env });
  return ran.ok ? undefined : complaint(ran);
}

/** Without what it only warns of. */
export function complaint({ stderr, stdout }: Ran): string {
  const lines = `${stderr}\n${stdout}`
    .split("\n")
    .filter((line) => line.trim() !== "" && !/:(?:warn|notice|info)\]/.test(line));
  const errors = lines.filter((line) => !/^(?:Action '|The Apache error log)/.test(line));
  return errors
    .slice(0, MAX_SAID_LINES)
    .map((line) =>
      line
        .replace(/^(?:\[[^\]]*\] )+/, "")
        .replace(/^AH\d+: /, "")
        .trim(),
    )
    .join(" ");
}

async function run(
  program: string,
  args: readonly string[],
  { cwd, env = {} }: { cwd: string; env?: Readonly<Record<string, string>> },
): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { cwd, encoding: "utf8", timeout: RUN_TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES } as const;
    execFile(program, args, { ...options, env: { ...env, LC_ALL: "C" } }, (error, stdout, stderr) =>
      resolve({ ok: error === null, stdout, stderr: stderr === "" && error !== null ? error.message : stderr }),
    );
  });
}
