/**
 * Writes the files of a hook, and puts them back. Each is compared with what the plan saw, written
 * beside and renamed over, with its owner and mode; where a symbolic link leads elsewhere, the link
 * stays and its target changes.
 */
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { FileChange } from "../contract/web-servers.ts";
import { makeSharedFolder } from "../make-folder.ts";
import { type Result, done, refuse } from "../result.ts";

/** The agent's own folder beside the configuration of a web server; it goes when it is empty. */
const OWN_FOLDER = "backsoon";
const BESIDE = ".backsoon";

/** Files that were written. */
export interface WrittenFiles {
  /** @returns what could not be put back, a sentence each. */
  putBack(): string[];
}

/**
 * Carries out all changes, in their order, or none: `hook.drift` where a file is not as the plan
 * saw it, `hook.failed` where one cannot be written.
 */
export function writeHookFiles(changes: readonly FileChange[]): Result<WrittenFiles> {
  const drifted = changes.filter(({ path, before }) => !isText(path, before));
  if (drifted.length > 0)
    return refuse("hook.drift", `${listed(drifted)} changed on the server after the plan was made; nothing was done.`);
  const written: FileChange[] = [];
  const putBack = () => [...written].reverse().flatMap(undo);
  for (const change of changes)
    try {
      write(change.path, change.before, change.after);
      written.push(change);
    } catch (error) {
      const left = putBack();
      return refuse("hook.failed", [`${change.path} cannot be written: ${reason(error)}.`, outcomeOf(left)].join(" "));
    }
  return done({ putBack });
}

/** What became of putting back, as the end of a message. */
export function outcomeOf(left: readonly string[]): string {
  return left.length === 0 ? "Every file is as it was." : `Not all was put back: ${left.join(" ")}`;
}

function listed(changes: readonly FileChange[]): string {
  return changes.map(({ path }) => path).join(", ");
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function undo({ path, before, after }: FileChange): string[] {
  try {
    if (isText(path, before)) return [];
    if (!isText(path, after)) return [`${path} was changed by somebody else meanwhile, and stays so.`];
    write(path, after, before);
    return [];
  } catch (error) {
    return [`${path}: ${reason(error)}.`];
  }
}

/** Compared as bytes, as it is written. */
function isText(path: string, text: string | null): boolean {
  try {
    const there = readFileSync(path);
    return text !== null && there.equals(Buffer.from(text));
  } catch (error) {
    return text === null && (error as NodeJS.ErrnoException).code === "ENOENT";
  }
}

function write(path: string, before: string | null, after: string | null): void {
  if (after === null) {
    rmSync(path, { force: true });
    removeOwnFolder(dirname(path));
    return;
  }
  if (before === null) makeSharedFolder(dirname(path));
  const target = before === null ? path : realpathSync(path);
  const beside = besideOf(target);
  rmSync(beside, { force: true });
  try {
    writeSynced(beside, after, before === null ? undefined : statSync(target));
    if (!isText(path, before)) throw new Error("it changed while it was written");
    renameSync(beside, target);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
  syncFolder(dirname(target));
}

/** Where a file is written; no pattern of an `include` matches a name with a dot in front. */
function besideOf(target: string): string {
  return join(dirname(target), `.${basename(target)}${BESIDE}`);
}

/** What an agent that was killed while it wrote has left beside these files goes. */
export function removeLeftovers(paths: Iterable<string>): void {
  for (const path of paths)
    try {
      rmSync(besideOf(realpathSync(path)), { force: true });
    } catch {
      // The file is not there any more, or its folder is not ours to change: so it was not written.
    }
}

function writeSynced(
  path: string,
  text: string,
  like?: { uid: number; gid: number; mode: number; nlink: number },
): void {
  if (like !== undefined && like.nlink > 1) throw new Error("it has several names (hard links), which would be parted");
  const file = openSync(path, "wx", 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  if (like !== undefined) chownSync(path, like.uid, like.gid);
  // After the owner, as a change of the owner takes bits away; and whatever the umask is.
  chmodSync(path, like === undefined ? 0o644 : like.mode & 0o7777);
}

function removeOwnFolder(path: string): void {
  if (basename(path) !== OWN_FOLDER || !lstatSync(path).isDirectory()) return;
  try {
    const left = readdirSync(path);
    if (left.every((name) => name.startsWith(".") && name.endsWith(BESIDE)))
      for (const name of left) rmSync(join(path, name));
    rmdirSync(path);
  } catch {
    // Something is left in it.
  }
}

function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
