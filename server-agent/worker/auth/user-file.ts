/** Users and what is stored of their passwords, from a file that may change. */
import { readFileSync, statSync } from "node:fs";
import type { Auth } from "../../contract/rules/auth.ts";
import { messageOf } from "../../log.ts";
import { refuseUnreadable } from "../clients/readable-file.ts";

/** A changed file is seen within this time (ms). */
const FRESH_MS = 1000;
export const MAX_FILE_BYTES = 4 * 1024 * 1024;

/** Name of a user to what is stored. */
type Users = ReadonlyMap<string, string>;

type ParseLine = (line: string) => readonly [name: string, stored: string] | undefined;

export interface UserSource {
  /** Undefined while the file cannot be read: nobody is let in. @param now Epoch milliseconds. */
  read(now: number): Users | undefined;
}

/**
 * @param parse From a line to name and what is stored.
 * @param log Told what is wrong with the file, once.
 */
export function userSource({ file, users = {} }: Auth, parse: ParseLine, log: (line: string) => void): UserSource {
  if (file === undefined) {
    const listed = new Map(Object.entries(users));
    return { read: () => listed };
  }
  const source = new UserFile(file, parse, log);
  source.read(Date.now());
  return source;
}

class UserFile implements UserSource {
  readonly #path: string;
  readonly #parse: ParseLine;
  readonly #log: (line: string) => void;
  #users: Users | undefined = undefined;
  #lookedAt = 0;
  #version = "";
  #hasComplained = false;

  constructor(path: string, parse: ParseLine, log: (line: string) => void) {
    this.#path = path;
    this.#parse = parse;
    this.#log = log;
  }

  read(now: number): Users | undefined {
    if (Math.abs(now - this.#lookedAt) < FRESH_MS) return this.#users;
    this.#lookedAt = now;
    try {
      const stats = statSync(this.#path);
      const { mtimeMs, ctimeMs, size, ino } = stats;
      const version = [mtimeMs, ctimeMs, size, ino].join(" ");
      if (version !== this.#version) {
        refuseUnreadable(stats, MAX_FILE_BYTES);
        this.#users = usersOf(readFileSync(this.#path, "utf8"), this.#parse);
        this.#version = version;
        this.#hasComplained = false;
      }
    } catch (failure) {
      this.#users = undefined;
      this.#version = "";
      if (!this.#hasComplained)
        this.#log(`cannot read the users file ${this.#path}, so nobody is let in: ${messageOf(failure)}`);
      this.#hasComplained = true;
    }
    return this.#users;
  }
}

export function usersOf(text: string, parse: ParseLine): Users {
  const users = new Map<string, string>();
  for (const raw of text.split("\n")) {
    const line = raw.replace(/\r$/, "");
    if (line.trim() === "" || line.startsWith("#")) continue;
    const user = parse(line);
    // As Apache and nginx do: the first line of a name counts.
    if (user !== undefined && !users.has(user[0])) users.set(user[0], user[1]);
  }
  return users;
}
