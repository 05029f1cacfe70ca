import os from "node:os";
import process from "node:process";
import { matchingFiles } from "./matching-files.ts";
import { readSmallTextFile } from "./small-text-file.ts";
import type { ConfigFile, Outcome } from "./ssh-config-lines.ts";
import type { LocalAccount } from "./ssh-config-tokens.ts";
import { type ReadText, type RootFile, loadConfig } from "./ssh-config-tree.ts";

const LONGEST_BYTES = 4 * 1_048_576;
const WRITABLE_BY_OTHERS = 0o022;

/** The person who runs the app. The home folder is `$HOME`; ssh takes it from the user database, which differs only where someone sets `HOME` to be somebody else. */
export const localAccount = (): LocalAccount => {
  const { uid, username } = os.userInfo();
  return { user: username, home: os.homedir(), env: process.env, machine: os.hostname(), ...(uid < 0 ? {} : { uid }) };
};

/** Where ssh looks: the person's own file first, then that of the system. */
export const usualRoots = (home: string): RootFile[] => [
  { path: `${home}/.ssh/config`, base: `${home}/.ssh` },
  { path: "/etc/ssh/ssh_config", base: "/etc/ssh" },
];

/** Reads the ssh configuration with all its includes. A missing root file is an empty one; anything that cannot be read or trusted is a problem that names it. */
export const readSshConfig = (account: LocalAccount, roots: readonly RootFile[] = usualRoots(account.home)): Promise<Outcome<ConfigFile[]>> =>
  loadConfig(roots, { read: (path) => readConfigFile(path, account.uid), matching: matchingFiles }, account);

/** Whoever can write the configuration can send the connection elsewhere, so that, like ssh, we refuse a file that others may write. */
const readConfigFile = async (path: string, uid: number | undefined): Promise<ReadText> => {
  const file = await readSmallTextFile(path, LONGEST_BYTES);
  if (file.kind !== "text") return file;
  if (uid !== undefined && file.owner !== 0 && file.owner !== uid) return { kind: "unreadable", why: "it belongs to another user, and ssh refuses it as well" };
  if (uid !== undefined && (file.mode & WRITABLE_BY_OTHERS) !== 0)
    return { kind: "unreadable", why: "other users may write it, and ssh refuses it as well; take that right away with “chmod go-w”" };
  return { kind: "text", text: file.text };
};
