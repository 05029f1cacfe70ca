/** Reads `~/.ssh/config`, the system's file and what they include. */
import type { Result } from "../contract/failures.ts";
import os from "node:os";
import process from "node:process";
import { matchingFiles } from "./matching-files.ts";
import { readSmallTextFile } from "./small-text-file.ts";
import type { ConfigFile, ConfigProblem } from "./ssh-config-lines.ts";
import type { LocalAccount } from "./ssh-config-tokens.ts";
import { type ReadText, type RootFile, loadConfig } from "./ssh-config-tree.ts";

const MAX_FILE_BYTES = 4 * 1_048_576;
const GROUP_MAY_WRITE = 0o020;
const OTHERS_MAY_WRITE = 0o002;

/**
 * The person who runs the app. The home folder is `$HOME`; ssh takes it from the user database,
 * which differs only where someone sets `HOME` to be somebody else.
 */
export function localAccount(): LocalAccount {
  return { ...userOfSystem(), home: os.homedir(), env: process.env, machine: os.hostname() };
}

function userOfSystem(): Pick<LocalAccount, "user" | "uid"> {
  try {
    const { uid, username } = os.userInfo();
    return { user: username, ...(uid < 0 ? {} : { uid }) };
  } catch {
    // In a container the number of the user may have no name.
    const uid = process.getuid?.();
    return { user: process.env.USER ?? process.env.USERNAME ?? "", ...(uid === undefined ? {} : { uid }) };
  }
}

/** Where ssh looks: the person's own file first, then that of the system. */
export function usualRoots(home: string): RootFile[] {
  return [
    { path: `${home}/.ssh/config`, base: `${home}/.ssh` },
    { path: "/etc/ssh/ssh_config", base: "/etc/ssh", trusted: true },
  ];
}

/**
 * Reads the ssh configuration with all its includes. A missing root file is an empty one; anything
 * that cannot be read or trusted is a problem that names it.
 */
export function readSshConfig(
  account: LocalAccount,
  roots: readonly RootFile[] = usualRoots(account.home),
): Promise<Result<ConfigFile[], ConfigProblem>> {
  const trusted = new Set(roots.filter((root) => root.trusted).map(({ path }) => path));
  const read = async (path: string): Promise<ReadText> => {
    const file = await readSmallTextFile(path, MAX_FILE_BYTES);
    // `Include conf.d/*` finds folders as well, in which ssh reads nothing.
    if (file.kind === "folder") return { kind: "missing" };
    const why =
      file.kind === "text" && account.uid !== undefined && !trusted.has(path) ? mistrust(file, account.uid) : undefined;
    return why === undefined ? file : { kind: "unreadable", why };
  };
  return loadConfig(roots, { read, matching: matchingFiles }, account);
}

/**
 * Whoever can write the configuration can send the connection elsewhere, so that, like ssh, we
 * refuse a file that others may write. A group with the number of the user is taken for the user's
 * own, as Debian's ssh does after looking who is in it: with umask 002 every file there is writable
 * by it.
 */
function mistrust(
  { mode, owner, group }: { mode: number; owner: number; group: number },
  uid: number,
): string | undefined {
  if (owner !== 0 && owner !== uid) return "it belongs to another user, and ssh refuses it as well";
  const othersMayWrite = (mode & OTHERS_MAY_WRITE) !== 0 || ((mode & GROUP_MAY_WRITE) !== 0 && group !== uid);
  return othersMayWrite
    ? "other users may write it, and ssh refuses it as well; take that right away with “chmod go-w”"
    : undefined;
}
