/** What the arguments of a Caddy say about the configuration that it runs with. */
import { resolve } from "node:path";

export interface RunArguments {
  /** Main configuration file; undefined where it was started without one. */
  readonly configuration: string | undefined;
  /** By what it is read; empty where Caddy goes by the name of the file. */
  readonly adapter: string;
  /** Files with variables of the environment. */
  readonly environmentFiles: readonly string[];
  /** It goes on with what it ran with before, whatever the file says. */
  readonly resumes: boolean;
}

const FLAG = /^--([a-z]+)(?:=(.*))?$|^-([a-z])=?(.+)?$/s;
const SHORT: Readonly<Record<string, string>> = { c: "config", a: "adapter", r: "resume", e: "environ", w: "watch" };
const SWITCHES = new Set(["resume", "environ", "watch"]);

/** The arguments behind `run`; undefined for a process that runs no server. */
export function runArgumentsOf(cmdline: string): string[] | undefined {
  const [program = "", command, ...args] = cmdline.replace(/\0$/, "").split("\0");
  return /(?:^|\/)caddy[^/]*$/.test(program) && command === "run" ? args : undefined;
}

/** @param exists Whether there is a file of this name. */
export function readRunArguments(
  args: readonly string[],
  cwd: string,
  exists: (path: string) => boolean,
): RunArguments {
  const values = new Map<string, string[]>();
  for (let at = 0; at < args.length; at += 1) {
    const [, long = "", value, short = "", behind] = FLAG.exec(args[at] ?? "") ?? [];
    const flag = SHORT[short] ?? long;
    const given = value ?? behind ?? (SWITCHES.has(flag) ? "true" : (args[(at += 1)] ?? ""));
    values.set(flag, [...(values.get(flag) ?? []), given]);
  }
  const last = (flag: string) => values.get(flag)?.at(-1);
  const named = last("config");
  const usual = resolve(cwd, "Caddyfile");
  return {
    configuration: named === undefined ? (exists(usual) ? usual : undefined) : resolve(cwd, named),
    adapter: last("adapter") ?? "",
    environmentFiles: (values.get("envfile") ?? []).map((path) => resolve(cwd, path)),
    resumes: last("resume") === "true",
  };
}

/** Whether it is a Caddyfile that it reads, as Caddy decides it. */
export function readsCaddyfile({ configuration, adapter }: RunArguments): boolean {
  if (adapter !== "") return adapter === "caddyfile";
  const name = configuration?.slice(configuration.lastIndexOf("/") + 1) ?? "";
  return name.startsWith("Caddyfile") || name.endsWith(".caddyfile");
}
