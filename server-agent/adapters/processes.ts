/** The processes of this machine, as the kernel tells them, and what is known of one. */
import { createHash } from "node:crypto";
import { readFile, readdir, readlink, stat } from "node:fs/promises";
import type { WebServerKind } from "../contract/web-servers.ts";

export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly uid: number;
  readonly gid: number;
  /** With a NUL behind each argument. */
  readonly cmdline: string;
  /** It has not executed a program itself: until it names itself, its title is its parent's. */
  readonly isForked: boolean;
}

/** `PF_FORKNOEXEC` among the flags of /proc/PID/stat, proc_pid_stat(5). */
const FORKED = 0x40;

/** Those whose arguments are wanted. */
export async function findProcesses(isWanted: (cmdline: string) => boolean): Promise<Process[]> {
  const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  const read = await Promise.all(
    pids.map(async (pid): Promise<Process | undefined> => {
      try {
        const cmdline = await readFile(`/proc/${pid}/cmdline`, "utf8");
        if (!isWanted(cmdline)) return undefined;
        const [status, stat] = await Promise.all([
          readFile(`/proc/${pid}/status`, "utf8"),
          readFile(`/proc/${pid}/stat`, "utf8"),
        ]);
        // The name in brackets may have anything in it; the flags are the seventh field behind it.
        const flags = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[6]);
        const field = (name: string) => Number(new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(status)?.[1]);
        return {
          pid: Number(pid),
          parent: field("PPid"),
          uid: field("Uid"),
          gid: field("Gid"),
          cmdline,
          isForked: (flags & FORKED) !== 0,
        };
      } catch {
        // It has ended, or is none of ours to see.
        return undefined;
      }
    }),
  );
  return read.filter((process) => process !== undefined);
}

/**
 * Any process can call itself a web server: its program is run again only where that gains nobody
 * anything.
 */
export function mayRunFor({ uid }: Process): boolean {
  return uid === 0 || uid === process.geteuid?.();
}

/** The environment that a process was started with; empty where it is not to be seen. */
export async function environmentOf(pid: number): Promise<Record<string, string>> {
  const text = await readFile(`/proc/${String(pid)}/environ`, "utf8").catch(() => "");
  return Object.fromEntries(
    text.split("\0").flatMap((pair) => {
      const at = pair.indexOf("=");
      return at < 1 ? [] : [[pair.slice(0, at), pair.slice(at + 1)]];
    }),
  );
}

/** A root folder of its own, as a container has: seen through /proc. */
export async function ownRoot(pid: number): Promise<string | undefined> {
  const folder = `/proc/${String(pid)}`;
  const [own, ours] = await Promise.all([stat(`${folder}/root/`), stat("/")]);
  return own.dev === ours.dev && own.ino === ours.ino ? undefined : `${folder}/root`;
}

/** Whether a process has a socket on which visitors come. What cannot be seen counts as ended. */
export async function accepts(pid: number): Promise<boolean> {
  const folder = `/proc/${String(pid)}`;
  const [names, ...tables] = await Promise.all([
    readdir(`${folder}/fd`).catch(() => []),
    readFile(`${folder}/net/tcp`, "utf8").catch(() => ""),
    readFile(`${folder}/net/tcp6`, "utf8").catch(() => ""),
  ]);
  const listening = new Set(
    tables.flatMap((table) => {
      const rows = table.split("\n").map((line) => line.trim().split(/\s+/));
      return rows.filter((row) => row[3] === LISTENS).map((row) => `socket:[${row[9] ?? ""}]`);
    }),
  );
  const links = await Promise.all(names.map((name) => readlink(`${folder}/fd/${name}`).catch(() => "")));
  return links.some((link) => listening.has(link));
}

/** State of a listening socket in /proc/net/tcp. */
const LISTENS = "0A";

export async function containerOf(pid: number): Promise<string | undefined> {
  const groups = await readFile(`/proc/${String(pid)}/cgroup`, "utf8").catch(() => "");
  return /([0-9a-f]{12})[0-9a-f]{52}/.exec(groups)?.[1];
}

/** Its number where it has no name. */
export async function userName(uid: number): Promise<string> {
  const accounts = await readFile("/etc/passwd", "utf8").catch(() => "");
  const line = accounts.split("\n").find((account) => account.split(":")[2] === String(uid));
  return line?.split(":")[0] ?? String(uid);
}

/** `nginx` for the one that reads its usual configuration; the same after a restart. */
export function instanceId(kind: WebServerKind, configuration: string, usual: string): string {
  if (configuration === usual) return kind;
  return `${kind}-${createHash("sha256").update(configuration).digest("hex").slice(0, 6)}`;
}

/** An argument as a shell takes it. */
export function asWord(text: string): string {
  return /^[\w./:=@+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
