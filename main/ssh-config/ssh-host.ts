import type { Way } from "./ssh-config-way.ts";

/** One machine to log in to, everything resolved: what `ssh -G` would say about it. */
export interface SshHost {
  /** How the person calls it: the alias or the address they typed. */
  label: string;
  hostName: string;
  port: number;
  user: string;
  /**
   * In the order to be offered. One that was asked for by name is `required`; the usual ones may be
   * missing.
   */
  identityFiles: readonly { path: string; required: boolean }[];
  /** Certificates that are offered with the key that they are about; they may be missing. */
  certificateFiles: readonly string[];
  /** Only keys of `identityFiles` are offered, even if the SSH agent holds others. */
  identitiesOnly: boolean;
  /** Socket of the SSH agent; `undefined` when there is none. */
  agentSocket: string | undefined;
  /**
   * Name and port under which its host key is known, and the `known_hosts` files that may know it.
   */
  hostKey: { name: string; port: number; files: readonly string[] };
  /** How it is reached when no other host stands before it. */
  way: Way;
  /** Whole sentences on what the configuration asks for and the app does not do. */
  warnings: readonly string[];
}

/** For messages: `user@host`, with the port where it is not the usual one. */
export function addressOf({ user, hostName, port }: Pick<SshHost, "user" | "hostName" | "port">): string {
  return `${user}@${hostName.includes(":") ? `[${hostName}]` : hostName}${port === 22 ? "" : `:${port}`}`;
}
