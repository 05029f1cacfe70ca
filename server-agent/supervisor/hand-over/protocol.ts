/**
 * Messages between an agent that hands over and its successor, on the IPC channel of the
 * successor's process. The two may be of different builds: what is here may be extended, and is not
 * changed without another `HAND_OVER_PROTOCOL`.
 *
 *     successor: hello -> (begin) -> opens the state, starts workers -> ready -> (go) -> accepts,
 *     is the admin socket -> serving -> (alone) -> writes
 *
 * Until `serving` has arrived the former agent can take everything back. Afterwards it is to the
 * successor what a draining worker is: it gets every switch before the successor replies, and
 * reports what it counts.
 */
import type { Listener } from "../../contract/config.ts";
import type { FromWorker, GenerationCounters, HostCounters, ToWorker } from "../../worker/protocol.ts";

export const HAND_OVER_PROTOCOL = 1;

/** Given to the successor as JSON in this variable of its environment. */
export const SUCCESSOR_MARK = "BACKSOON_SUCCESSOR";
export interface SuccessorBoot {
  protocol: number;
  /** Of the former agent. */
  pid: number;
  version: string;
}

export type ToSuccessor =
  /** One listening socket (sent along as handle). */
  | { type: "listener"; socket: number; config: Listener; port: number }
  /**
   * All sockets were sent, what was observed is stored, and the lock of the state names the
   * successor.
   */
  | {
      type: "begin";
      /** The workers of both are asked by the same proofs. */
      proofToken: string;
      /** Highest number of a worker so far: requests are named after their worker. */
      lastWorker: number;
      /** What is in flight at the former agent. */
      counted: {
        hosts: Readonly<Record<string, HostCounters>>;
        generations: Readonly<Record<number, GenerationCounters>>;
      };
    }
  /** Serve. */
  | { type: "go" }
  /** There is no way back any more: the state is the successor's alone. */
  | { type: "alone" }
  | Exclude<FromWorker, { type: "ready" | "listening" | "accepting" | "figures" | "counted" | "target-failing" }>;

export type FromSuccessor =
  | { type: "hello"; protocol: number }
  /** A line of its log, for the reply in case it fails. */
  | { type: "said"; line: string }
  /** It cannot start, and ends. */
  | { type: "failed"; message: string }
  | { type: "ready" }
  | { type: "serving"; version: string; generation: number }
  /** End now, with everything in flight. */
  | { type: "cut-all" }
  | Exclude<
      ToWorker,
      {
        type:
          | "listen"
          | "unlisten"
          | "prepare-from"
          | "passes"
          | "ticket-key"
          | "acme-accounts"
          | "tls-challenge"
          | "down-targets"
          | "refresh-certificates";
      }
    >;
