/** Runs the program of an HAProxy: what it is, and whether it would start. */
import { execFile } from "node:child_process";
import type { Instance } from "../adapter.ts";

const RUN_TIMEOUT_MS = 30_000;
const MAX_SAID_LINES = 4;

export interface AboutProgram {
  readonly version: string;
  readonly hasLua: boolean;
}

/** `haproxy -vv`. Rejects where it cannot be run. */
export async function aboutProgram(program: string): Promise<AboutProgram> {
  const { ok, said } = await run(program, ["-vv"], { cwd: "/" });
  if (!ok) throw new Error(`${program} -vv fails: ${said.trim()}`);
  return { version: /^HA-?Proxy version (\S+)/m.exec(said)?.[1] ?? "", hasLua: /\+LUA\b|USE_LUA=1/.test(said) };
}

/** What it says of its configuration on disk where that is wrong. */
export async function checkConfiguration(
  { program, args, cwd }: Pick<Instance, "program" | "args" | "cwd">,
  environment: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const { ok, said } = await run(program, ["-c", ...fileArgs(args)], { cwd, env: environment });
  if (ok) return undefined;
  const lines = said.split("\n").filter((line) => line.includes("[ALERT]"));
  const shown = (lines.length > 0 ? lines : said.trim().split("\n")).slice(0, MAX_SAID_LINES);
  return shown.map((line) => line.replace(/^\[\w+\]\s*(?:\S+\s*)?\(\d+\)\s*:\s*/, "").trim()).join(" ");
}

/** The socket of the main process is nothing to a check. */
export function fileArgs(args: readonly string[]): string[] {
  return args.filter((arg, index) => arg !== "-S" && args[index - 1] !== "-S");
}

async function run(
  program: string,
  args: readonly string[],
  options: { cwd: string; env?: Readonly<Record<string, string>> },
): Promise<{ ok: boolean; said: string }> {
  return new Promise((resolve) => {
    const env = { ...(options.env ?? process.env), LC_ALL: "C" };
    execFile(program, args, { ...options, env, encoding: "utf8", timeout: RUN_TIMEOUT_MS }, (error, stdout, stderr) => {
      const said = `${stdout}\n${stderr}`;
      resolve({ ok: error === null, said: said.trim() === "" && error !== null ? error.message : said });
    });
  });
}
