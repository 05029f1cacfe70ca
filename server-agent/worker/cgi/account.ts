/** The account under which programs run. */
import { readFileSync } from "node:fs";

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** What nobody writes to belongs to it. */
const NOBODY = { uid: 65_534, gid: 65_534 };

/**
 * @param name Undefined: the agent's own account, and `nobody` where that is root.
 * @returns Undefined when programs run as the agent does.
 * @throws Error when there is no such account, or the agent may not use it.
 */
export function accountOf(name: string | undefined): Account | undefined {
  const own = process.getuid?.();
  if (name === undefined) return own === 0 ? NOBODY : undefined;
  const account = find(readFileSync("/etc/passwd", "utf8"), name);
  if (account === undefined) throw new Error(`there is no account ${JSON.stringify(name)} in /etc/passwd`);
  if (account.uid === own) return undefined;
  if (own !== 0)
    throw new Error(`only an agent that runs as root can run programs as ${JSON.stringify(name)}; remove \`user\``);
  return account;
}

function find(passwd: string, name: string): Account | undefined {
  for (const line of passwd.split("\n")) {
    const [account, , uid, gid] = line.split(":");
    if (account === name && uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}
