/** Runs the program of an nginx: what it is, what it reads, whether it would start. */
import { execFile } from "node:child_process";
import type { Instance } from "../adapter.ts";

const RUN_TIMEOUT_MS = 30_000;
const MAX_OUTPUT_BYTES = 128 * 1024 * 1024;
const MAX_SAID_LINES = 4;

export interface Ran {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

export interface AboutProgram {
  readonly version: string;
  readonly prefix: string;
  readonly configuration: string;
  /** How it was configured when it was built. */
  readonly built: string;
}

/** `nginx -V`. Rejects where it cannot be run. */
export async function aboutProgram(program: string): Promise<AboutProgram> {
  const { ok, stderr } = await run(program, ["-V"], "/");
  if (!ok) throw new Error(`${program} -V fails: ${stderr.trim()}`);
  const option = (name: string) => new RegExp(`--${name}=('[^']*'|\\S+)`).exec(stderr)?.[1]?.replaceAll("'", "");
  return {
    version: /^\S+ version: \S+?\/(\S+)/m.exec(stderr)?.[1] ?? "",
    prefix: option("prefix") ?? "/usr/local/nginx",
    configuration: option("conf-path") ?? "conf/nginx.conf",
    built: stderr,
  };
}

/** With the arguments of the running one, so that it reads the same. */
export async function askNginx({ program, args, cwd }: Instance, question: "-T" | "-t"): Promise<Ran> {
  return run(program, [question, ...args], cwd);
}

/** What it says of its configuration where that is wrong, without what is only told. */
export function complaint({ stderr }: Ran): string {
  const lines = stderr.split("\n").filter((line) => /\[(?:emerg|alert|crit|error)\]/.test(line));
  const said = (lines.length > 0 ? lines : stderr.trim().split("\n")).slice(0, MAX_SAID_LINES);
  return said.map((line) => line.replace(/^.*?\[\w+\] (?:\d+#\d+: )?/, "").trim()).join(" ");
}

async function run(program: string, args: readonly string[], cwd: string): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { cwd, encoding: "utf8", timeout: RUN_TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES } as const;
    execFile(program, args, { ...options, env: { ...process.env, LC_ALL: "C" } }, (error, stdout, stderr) =>
      resolve({ ok: error === null, stdout, stderr: stderr === "" && error !== null ? error.message : stderr }),
    );
  });
}
