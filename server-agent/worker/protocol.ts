/**
 * Messages between the supervisor (owns sockets, state and the admin API) and a worker (serves).
 * Sent over the IPC channel of `child_process.fork`; both ends are the same build, so types suffice
 * and nothing is parsed.
 *
 * A swap is two messages: `prepare` does everything that can fail, `commit` replaces one reference
 * and cannot. The supervisor replies to its client only after every worker said `committed`
 * (promise 2).
 */
import type { DownTarget, FailingTarget } from "./upstream/down-target.ts";
import type { Config, ListenerHttp2, ListenerTls } from "../contract/config.ts";
import type { InFlightRequest } from "../contract/agent.ts";
import type { Problem } from "../contract/errors.ts";
import type { ConfigDelta } from "../core/config/config-delta.ts";
import type { RequestFilter } from "../core/request-filter.ts";
import type { Thumbprints } from "./handlers/acme-challenges.ts";
import type { FiguresMessage } from "./figures/worker-figures.ts";
import type { PassUse } from "./passes/passes.ts";
import type { PassKey } from "./passes/token.ts";
import type { ExpectedChallenge } from "./tls/tls-challenge.ts";

/** A listening socket outlives its name in the configuration. */
export interface ListenerName {
  socket: number;
  name: string;
  /** A web server asks here on behalf of its visitors. */
  isPageSource?: boolean;
  /** Visitors speak TLS here, so. */
  tls?: ListenerTls;
  /** Trusted proxies tell whom they bring. */
  proxyProtocol?: boolean;
  /** They may speak HTTP/2. Absent: with TLS only. */
  http2?: boolean | ListenerHttp2;
}

export type ToWorker =
  /** Compile this generation and keep it ready. */
  | { type: "prepare"; generation: number; config: Config }
  /** The same, told by what differs from the generation that this worker was told to serve last. */
  | { type: "prepare-from"; generation: number; base: number; delta: ConfigDelta }
  /**
   * Serve every request whose first byte comes from now on by the prepared generation, on
   * connections of these listeners under these names.
   */
  | { type: "commit"; generation: number; listeners: readonly ListenerName[] }
  /** Forget the prepared generation. */
  | { type: "abort"; generation: number }
  /**
   * Accept on this listening socket (sent along as handle). Listening sockets are owned by the
   * supervisor and shared by all workers.
   */
  | { type: "listen"; listener: ListenerName }
  /** Stop accepting on a listener that the configuration no longer has; open connections go on. */
  | { type: "unlisten"; socket: number }
  /**
   * End politely what still runs on generations up to this one: `Connection: close`, WebSocket
   * 1012, then cut what remains after a short grace.
   */
  | { type: "expire"; generation: number }
  /**
   * Graceful end of this worker: stop accepting, answer what comes on open connections with
   * `Connection: close`, exit when nothing is in flight.
   */
  | { type: "retire"; lingerSeconds: number }
  /**
   * Retire, and answer nothing that comes from now on: the next generation cannot be served here.
   */
  | { type: "leave" }
  /** Those that match, oldest first, `limit` at most. An earlier successor asks for all. */
  | { type: "list-requests"; ask: number; filter?: RequestFilter; limit?: number }
  | { type: "cut-request"; ask: number; id: string }
  /** Let in by these passes, and by no others. */
  | { type: "passes"; ask: number; passes: readonly PassKey[] }
  /** Sign session tickets of TLS with this, in hexadecimal digits. */
  | { type: "ticket-key"; key: string }
  /** Answer authorities that ask about names by these accounts. */
  | { type: "acme-accounts"; thumbprints: Thumbprints }
  /** Answer this challenge of an authority by TLS, and no other; undefined: none. */
  | { type: "tls-challenge"; ask: number; challenge: ExpectedChallenge | undefined }
  /** Health checks call these down, and no others. */
  | { type: "down-targets"; down: readonly DownTarget[] }
  /** Certificates have changed on disk: use them. */
  | { type: "refresh-certificates"; ask: number }
  | { type: "reopen-logs" };

/** Counters of one virtual host, cumulative since this worker started. */
export interface HostCounters {
  /**
   * Counted when the request is matched, so that one in flight at a switch does not count after it.
   * Those of the proof are left out.
   */
  requests: number;
  inFlight: number;
  /** Responses by status class: `2xx`, … */
  status: Record<string, number>;
}

/**
 * What runs now, and how many of those that were in flight when their generation stopped being
 * active ended by themselves or were cut.
 */
export interface DrainCounters {
  inFlight: number;
  drained: number;
  cut: number;
  /** Of those drained: the client left before the end of the answer. Absent for none. */
  left?: number;
  /** Of those drained: the answer was broken off, mostly by its upstream. */
  broken?: number;
  /** Of those cut: nobody ordered it, their worker has died. */
  lost?: number;
}

/**
 * What became of all requests that a worker has accepted since it started. None is lost as long as
 * accepted = answered + left + broken + cut + in flight.
 */
export interface Balance {
  accepted: number;
  answered: number;
  /** The client left before the end of the answer. */
  left: number;
  /** The answer was broken off, mostly by its upstream. */
  broken: number;
  /** By order of an operator, or at a deadline. */
  cut: number;
  inFlight: number;
}

/** Per generation. */
export interface GenerationCounters extends DrainCounters {
  /** The same by virtual host id: a receipt counts the requests of its own site only. */
  hosts: Record<string, DrainCounters>;
}

/**
 * Figures that have changed since those before. Each is what it is by now, and no difference.
 */
export interface CounterChanges {
  hosts: Record<string, HostCounters>;
  /** By generation and virtual host id. */
  drains: Record<number, Record<string, DrainCounters>>;
  balance: Balance;
}

export type FromWorker =
  | { type: "ready" }
  | { type: "prepared"; generation: number }
  | { type: "refused"; generation: number; problems: Problem[] }
  | { type: "committed"; generation: number }
  | { type: "listening"; socket: number }
  /**
   * It has closed its copies of the listening sockets for want of descriptors, or needs them again.
   * `failed`: visitors that it had to turn away since it said so last.
   */
  | { type: "accepting"; isFull: boolean; failed: number }
  | { type: "target-failing"; target: FailingTarget }
  /** What is counted for metrics alone, once a second while something changes. */
  | ({ type: "figures" } & FiguresMessage)
  /**
   * A few times a second while something changes, so much in each that nobody waits for it. All
   * that has changed has come before `committed`: what is counted "since the switch" starts from
   * there.
   */
  | ({ type: "counted" } & CounterChanges)
  /** All figures of an agent that has handed over. */
  | {
      type: "counters";
      hosts: Record<string, HostCounters>;
      generations: Record<number, GenerationCounters>;
      /** An earlier agent reports none. */
      balance?: Balance;
    }
  /** `total`: how many match, also beyond the limit. An earlier agent lists all it has. */
  | { type: "requests"; ask: number; requests: InFlightRequest[]; total?: number }
  | { type: "cut"; ask: number; request: InFlightRequest | undefined }
  | { type: "passes-known"; ask: number }
  | { type: "tls-challenge-known"; ask: number }
  | { type: "certificates-refreshed"; ask: number }
  /** Every few seconds while passes are used. */
  | { type: "passes-used"; uses: PassUse[] };

/** Given to a worker at fork, as JSON in its environment. */
export interface WorkerBoot {
  worker: number;
  /**
   * A request that carries this in `Backsoon-Proof` is told, in `Backsoon-Answered-By`, which
   * virtual host and generation answered. Random; it leaves the agent only for its successor.
   */
  proofToken: string;
  /** Where the certificates are that the agent has obtained. */
  certificateFolder: string;
}
