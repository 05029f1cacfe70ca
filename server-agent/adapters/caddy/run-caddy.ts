/**
 * Runs the program of a Caddy: what it is, what it makes of its file, whether it would start.
 * Always as the user that it runs as, with its environment: as root, `caddy validate` would leave
 * log files behind that the server cannot write.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Instance } from "../adapter.ts";
import { type Process, findProcesses } from "../processes.ts";
import { type RunArguments, readRunArguments } from "./run-arguments.ts";

const RUN_TIMEOUT_MS = 30_000;
const MAX_OUTPUT_BYTES = 128 * 1024 * 1024;

export type Environment = Readonly<Record<string, string>>;

export interface Ran {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

type Owner = Pick<Process, "uid" | "gid">;

/** `caddy version`. Rejects where it cannot be run. */
export async function versionOf(program: string, owner: Owner): Promise<string> {
  const { ok, stdout, stderr } = await run(program, ["version"], { cwd: "/", owner, environment: {} });
  if (!ok) throw new Error(`${program} version fails: ${stderr.trim()}`);
  return /(\d+\.\d+\S*)/.exec(stdout)?.[1] ?? stdout.trim();
}

export function argumentsOf({ args, cwd }: Pick<Instance, "args" | "cwd">): RunArguments {
  return readRunArguments(args, cwd, existsSync);
}

/** That of the running process, with what its files add. */
export async function environmentOf({ pid, args, cwd }: Instance): Promise<Environment> {
  const own = pid === 0 ? "" : await readFile(`/proc/${String(pid)}/environ`, "utf8").catch(() => "");
  const { environmentFiles } = argumentsOf({ args, cwd });
  const files = await Promise.all(environmentFiles.map((path) => readFile(path, "utf8").catch(() => "")));
  return Object.fromEntries([
    ...own.split("\0").flatMap(variable),
    ...files.flatMap((text) => text.split("\n")).flatMap((line) => variable(unquoted(line))),
  ]);
}

function variable(text: string): [string, string][] {
  const at = text.indexOf("=");
  return at <= 0 || text.startsWith("#") ? [] : [[text.slice(0, at), text.slice(at + 1)]];
}

/** A line of a file as the variable that it sets. */
function unquoted(line: string): string {
  return line
    .trim()
    .replace(/^export\s+/, "")
    .replace(/^([^=\s]+)\s*=\s*(["']?)(.*)\2$/, "$1=$3");
}

/** About the configuration of the running one, as it reads it. */
export async function askCaddy(instance: Instance, command: "adapt" | "validate" | "reload"): Promise<Ran> {
  const { configuration = "", adapter } = argumentsOf(instance);
  const args = [command, "--config", configuration, ...(adapter === "" ? [] : ["--adapter", adapter])];
  const environment = await environmentOf(instance);
  const owner = instance.pid === 0 ? undefined : await ownerOf(instance.pid);
  return run(instance.program, args, { cwd: instance.cwd, owner, environment });
}

/** What it says of its configuration where that is wrong, without what is only told. */
export function complaint({ stderr }: Ran): string {
  const lines = stderr.trim().split("\n");
  const said = lines.filter((line) => /^(?:Error|\w+): /.test(line)).at(-1) ?? lines.at(-1) ?? "";
  return said.replace(/^Error: /, "");
}

async function ownerOf(pid: number): Promise<Owner | undefined> {
  const cmdline = await readFile(`/proc/${String(pid)}/cmdline`, "utf8").catch(() => undefined);
  if (cmdline === undefined) return undefined;
  return (await findProcesses((other) => other === cmdline)).find((one) => one.pid === pid);
}

async function run(
  program: string,
  args: readonly string[],
  { cwd, owner, environment }: { cwd: string; owner: Owner | undefined; environment: Environment },
): Promise<Ran> {
  const isOther = owner !== undefined && process.geteuid?.() === 0 && owner.uid !== 0;
  const options = {
    cwd,
    encoding: "utf8",
    timeout: RUN_TIMEOUT_MS,
    maxBuffer: MAX_OUTPUT_BYTES,
    // Nothing of the agent's own for another user.
    env: { ...(isOther ? { PATH: process.env.PATH } : process.env), ...environment },
    ...(isOther ? { uid: owner.uid, gid: owner.gid } : {}),
  } as const;
  return new Promise((resolve) => {
    execFile(program, [...args], options, (error, stdout, stderr) => {
      resolve({ ok: error === null, stdout, stderr: stderr.trim() === "" && error !== null ? error.message : stderr });
    });
  });
}
