/** What is wrong with the users of a rule, before anybody asks to be let in. */
import { readFile, stat } from "node:fs/promises";
import type { Auth } from "../../contract/rules/auth.ts";
import { messageOf } from "../../log.ts";
import { refuseUnreadable } from "../clients/readable-file.ts";
import { parseBasicLine } from "./basic.ts";
import { parseHash } from "./password-hash.ts";
import { MAX_FILE_BYTES, usersOf } from "./user-file.ts";

export interface UserFault {
  /** Path below `auth`: names of fields. */
  readonly at: readonly string[];
  /** A sentence without a dot. */
  readonly message: string;
}

/** More of one file help nobody. */
const MAX_FAULTS = 5;

/** Users of the document itself whose hash this Node, or nobody, can check. */
export function faultsOfListed({ type, users = {} }: Auth): UserFault[] {
  if (type !== "basic") return [];
  return Object.entries(users).flatMap(([name, hash]) => {
    const parsed = parseHash(hash);
    return parsed.ok ? [] : [{ at: ["users", name], message: `nobody can log in with it: ${parsed.why}` }];
  });
}

/** A file of users may be written at any time, so what is wrong with it now is no refusal. */
export async function faultsOfFile({ type, file }: Auth): Promise<UserFault[]> {
  if (file === undefined) return [];
  const at = ["file"];
  try {
    refuseUnreadable(await stat(file), MAX_FILE_BYTES);
    const text = await readFile(file, "utf8");
    if (type !== "basic") return [];
    const faults = Array.from(usersOf(text, parseBasicLine)).flatMap(([name, hash]) => {
      const parsed = parseHash(hash);
      return parsed.ok ? [] : [{ at, message: `user ${JSON.stringify(name)} cannot log in: ${parsed.why}` }];
    });
    return faults.slice(0, MAX_FAULTS);
  } catch (failure) {
    return [{ at, message: `nobody can log in, because the file cannot be read: ${messageOf(failure)}` }];
  }
}
