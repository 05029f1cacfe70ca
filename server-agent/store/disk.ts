/**
 * The calls by which the state directory is changed. A test gives others, which fail like a full or
 * a broken disk.
 */
import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { makeFolder } from "../make-folder.ts";

export interface Disk {
  mkdir(path: string): void;
  /** For reading a folder (`r`), or a new file (`wx`), mode 0600. */
  open(path: string, flags: "r" | "wx"): number;
  write(descriptor: number, text: string): void;
  sync(descriptor: number): void;
  close(descriptor: number): void;
  /** A second name for a file. */
  link(from: string, to: string): void;
  rename(from: string, to: string): void;
  /** No error where there is none. */
  remove(path: string): void;
}

export const SYSTEM_DISK: Disk = {
  mkdir: (path) => makeFolder(path, 0o700),
  open: (path, flags) => openSync(path, flags, 0o600),
  write: (descriptor, text) => writeFileSync(descriptor, text),
  sync: (descriptor) => fsyncSync(descriptor),
  close: (descriptor) => closeSync(descriptor),
  link: (from, to) => linkSync(from, to),
  rename: (from, to) => renameSync(from, to),
  remove: (path) => rmSync(path, { force: true }),
};

/** `ENOSPC` and the like; `undefined` for what is no error of the system. */
export function codeOf(failure: unknown): string | undefined {
  return failure instanceof Error ? (failure as NodeJS.ErrnoException).code : undefined;
}
