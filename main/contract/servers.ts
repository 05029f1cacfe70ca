/** The servers of the list: how they are reached and what is known about them. */
import { z } from "zod";
import type { Snapshot } from "../../server-agent/contract/events.ts";
import { command } from "./command.ts";
import type { Failure, SeenKey } from "./failures.ts";
import type { PublicProof } from "./maintenance.ts";
import { described, environment, fleetName, nothing, onServer, serverId, serverName, socketPath } from "./fields.ts";

/**
 * How to log in to a server: an address, or a host of `~/.ssh/config`, which also supplies what is
 * left out.
 */
export const SshTarget = z.strictObject({
  host: z
    .string()
    .min(1, "Enter the address of the server, or a host of ~/.ssh/config.")
    .max(255)
    .regex(/^[^\s\-@/][^\s@/]*$/, "Enter only the host; user and port have their own fields."),
  port: z.int().min(1).max(65_535).optional(),
  user: z
    .string()
    .min(1)
    .max(255)
    // With @ in directories (`name@example.com`) and at bastions (`me@account@target`).
    .regex(/^[^\s\-@:/][^\s:/]*$/, "A user name cannot contain spaces or : /")
    .optional(),
  /** Tried before all others. */
  identityFile: z.string().startsWith("/", "Enter the absolute path of the key file.").optional(),
  /**
   * `user@host:port`, separated by commas; overrides `ProxyJump` of `~/.ssh/config`.
   */
  jump: z.string().max(500).optional(),
});
export type SshTarget = z.infer<typeof SshTarget>;

const localPlace = { kind: z.literal("local"), socketPath };

const sshPlace = {
  kind: z.literal("ssh"),
  ssh: SshTarget,
  /** Path of the agent's admin socket on the server. */
  socketPath,
  /**
   * The agent's program on the server, run where forwarding is forbidden: a path, which may begin
   * with `~/`, or a name on the account's path.
   */
  program: z
    .string()
    .regex(/^(?:(?:~[\w.+-]*)?\/[^\p{Cc}]+|[\w./+-]+)$/u, "Enter the path of a program.")
    .max(500),
};

/**
 * `local`: an agent's socket on this computer. `practice`: the app's own practice server, never
 * stored. `ssh`: an agent on another computer.
 */
export const ServerProfile = z.discriminatedUnion("kind", [
  z.strictObject({ id: serverId, ...described, ...localPlace }),
  z.strictObject({ id: serverId, ...described, kind: z.literal("practice"), socketPath }),
  z.strictObject({ id: serverId, ...described, ...sshPlace }),
]);
export type ServerProfile = z.infer<typeof ServerProfile>;

export type Environment = z.infer<typeof environment>;

export const NewServer = z.discriminatedUnion("kind", [
  z.strictObject({ ...described, ...localPlace }),
  z.strictObject({ ...described, ...sshPlace }),
]);
export type NewServer = z.infer<typeof NewServer>;

/**
 * Something only the user can answer while connecting. Open until it is answered or the connection
 * ends.
 */
export type Question = {
  id: string;
  serverId: string | null;
  server: string;
  /** `user@host:port`, perhaps a jump host. */ address: string;
} & (
  | { kind: "host-key"; key: SeenKey; others: SeenKey[] }
  | { kind: "secret"; what: "password" | "passphrase"; subject: string; wrong: boolean; keychain: boolean }
  | { kind: "prompts"; title: string; instructions: string; prompts: { text: string; echo: boolean }[] }
);

/** `values`: one for each prompt, one for a secret, none to trust a host key. */
export const QuestionAnswer = z.strictObject({
  values: z.array(z.string().max(10_000)).max(20),
  remember: z.boolean(),
});
export type QuestionAnswer = z.infer<typeof QuestionAnswer>;

/** Where passwords and passphrases are stored. `untried`: none was needed yet. */
export type KeychainState = { state: "untried" } | { state: "keychain" } | { state: "memory"; why: string };

/** What is known about a server and when it was observed (promise 9). */
export type Connection =
  | { state: "connecting"; since: string }
  | {
      state: "connected";
      since: string;
      observedAt: string;
      roundTripMs: number;
      /** How far the agent's clock is ahead of this computer's. */ clockAheadMs: number;
    }
  | {
      state: "unreachable";
      since: string;
      failure: Failure;
      /** `null`: only the user can fix it, so there is no automatic retry. */ retryAt: string | null;
    };

export interface ServerState {
  profile: ServerProfile;
  connection: Connection;
  /**
   * The last observation; `null` before the first. Stale while `unreachable`: show its age
   * (`observedAt`).
   */
  snapshot: Snapshot | null;
  observedAt: string | null;
  /** Requests per second by virtual host id: one value a second, newest last, at most 60. */
  history: Record<string, number[]>;
  /** When the newest values of `history` were observed; `null` before the first. */
  historyAt: string | null;
  /** What visitors get, as seen from this computer, by receipt. */
  publicProofs: Readonly<Record<string, PublicProof>>;
}

/** A host of `~/.ssh/config` to pick from. */
export interface PickableHost {
  alias: string;
  hostName: string;
  user: string;
  port: number;
  /** Whole sentences on what the configuration asks for and the app does not do. */
  warnings: string[];
}

export type SshProfile = Extract<ServerProfile, { kind: "ssh" }>;

const oneServer = z.strictObject(onServer);

/**
 * The address from which this computer comes to a server. `local`: it is that computer itself.
 * `ssh`: what its sshd sees. `hop`: it sees only that of what is in between, a jump host or a
 * `ProxyCommand`.
 */
export interface SeenAddress {
  address: string;
  by: "local" | "ssh" | "hop";
}

export const SERVER_COMMANDS = {
  "server.add": command(NewServer).returns<{ serverId: string }>(),
  /** Asks for a file; `null` if cancelled. */
  "servers.export": command(nothing).returns<{ file: string; servers: number } | null>(),
  /** Asks for a file and adds the servers that are not in the list yet: all of them or none. */
  "servers.import": command(nothing).returns<{ file: string; added: number; known: number } | null>(),
  /** `null`: none any more; left out: unchanged. */
  "server.rename": command(
    z.strictObject({
      ...onServer,
      name: serverName,
      fleet: fleetName.nullable().optional(),
      environment: environment.nullable().optional(),
    }),
  ).returns<null>(),
  /** Another way to the same server; `ssh` only where it is reached so. It is connected to anew. */
  "server.reach": command(z.strictObject({ ...onServer, socketPath, ssh: SshTarget.optional() })).returns<null>(),
  "server.remove": command(oneServer).returns<null>(),
  "server.seen-address": command(oneServer).returns<SeenAddress>(),
  "server.retry": command(oneServer).returns<null>(),
  "server.restart": command(
    z.strictObject({ ...onServer, mode: z.enum(["graceful", "hard"]), drainSeconds: z.number().min(0).optional() }),
  ).returns<{ generation: number; cut: number }>(),
  /**
   * The user has compared the fingerprints: from now on this key is trusted in place of the
   * previous one. `serverId: null`: a host on the way to a server that is not in the list yet.
   */
  "server.replace-host-key": command(
    z.strictObject({ serverId: serverId.nullable(), host: z.string(), fingerprint: z.string() }),
  ).returns<null>(),
  /** `answer: null`: cancelled. */
  "question.answer": command(z.strictObject({ id: z.string(), answer: QuestionAnswer.nullable() })).returns<null>(),
  "ssh.hosts": command(nothing).returns<{ hosts: PickableHost[]; problems: string[] }>(),
};

export type PracticeState =
  | { state: "absent" }
  | { state: "starting"; step: string }
  | { state: "running"; serverId: string; url: string; visitors: boolean }
  | { state: "failed"; failure: Failure };

const withVisitors = z.strictObject({ visitors: z.boolean() });

export const PRACTICE_COMMANDS = {
  /** `beside`: a real nginx serves the sites, and the agent stands beside it. */
  "practice.start": command(withVisitors.extend({ beside: z.boolean().optional() })).returns<{ serverId: string }>(),
  "practice.visitors": command(withVisitors).returns<null>(),
  "practice.stop": command(nothing).returns<null>(),
};
