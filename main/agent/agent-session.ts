/** One agent as the app holds on to it: its event stream, reconnecting, and calls in between. */
import type { Reply, RouteName } from "../../server-agent/contract/routes.ts";
import type { CallArguments } from "../../server-agent/core/client/admin-call.ts";
import type { Failure, Result } from "../contract/failures.ts";
import { needsPerson } from "../failures.ts";
import type { SessionEvent } from "../state/app-state.ts";
import { callAgent } from "./agent-calls.ts";
import { AgentConnection } from "./agent-connection.ts";
import { backoffMs } from "./backoff.ts";
import { type RequestFilter, RequestWatches, type SeenRequests } from "./request-watches.ts";
import type { Transport } from "./socket-transport.ts";
import { t } from "../language/translate.ts";

export interface AgentSession {
  /** One call; expected failures, also of the connection, are values. */
  call<N extends RouteName>(name: N, given: CallArguments<N>): Promise<Result<Reply<N>>>;
  /** Follows what is in flight while the session is live. @returns stops it */
  watchRequests(filter: RequestFilter, report: (seen: SeenRequests) => void): () => void;
  /**
   * Does not wait any longer: connects at once, or asks a connection that seems alive whether it
   * is.
   */
  retry(): void;
  close(): void;
}

export interface SessionOptions {
  /** Id of the server profile; goes into every reported event. */
  id: string;
  transport: Transport;
  report: (event: SessionEvent) => void;
  /**
   * How often the connection is asked whether it still lives, and how long it may take to answer.
   */
  heartbeatMs?: number;
  answerMs?: number;
  longestBackoffMs?: number;
  /** How long one line of the event stream may take to come. */
  lineMs?: number;
}

/**
 * Keeps one agent's event stream open and reports what it says. Reconnects with backoff and jitter;
 * subscribes anew after a gap. While an attempt runs in the background the server stays
 * `unreachable` in the state, so that nothing looks live that is not.
 */
export function startAgentSession({
  id,
  transport,
  report,
  heartbeatMs = 10_000,
  answerMs = 5_000,
  longestBackoffMs = 15_000,
  lineMs = 60_000,
}: SessionOptions): AgentSession {
  const closed = new AbortController();
  const requests = new RequestWatches(transport, answerMs);
  let wake: (() => void) | undefined;
  let connection: AgentConnection | undefined;
  const now = () => new Date().toISOString();
  const isClosed = () => closed.signal.aborted;

  const connect = () =>
    new AgentConnection({
      transport,
      heartbeatMs,
      answerMs,
      lineMs,
      closed: closed.signal,
      onAnswer: (answer) => report({ type: "answered", id, at: now(), ...answer }),
      onLines: (lines) => report({ type: "streamed", id, at: now(), lines }),
      onSubscribed: (signal) => requests.resume(signal),
    });

  /** @param ms `undefined`: until the person wants it */
  const pause = (ms: number | undefined): Promise<void> =>
    new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const run = async (): Promise<void> => {
    let attempt = 0;
    for (;;) {
      connection = connect();
      const end = await connection.run();
      if (isClosed()) return;
      if (end.kind === "ended" && end.steady) {
        attempt = 0;
        continue;
      }
      attempt += 1;
      const failure: Failure =
        end.kind === "lost"
          ? end.failure
          : {
              code: "server.unreachable",
              message: t("The agent closed the event stream as soon as it had opened it."),
            };
      // What speaks wrongly now will hardly do better in a moment, and what it sends may be much.
      // What has gone silent may hang for ever; what answered, or ended by itself, is used on.
      if (failure.code === "server.silent") transport.drop();
      requests.suspend(failure);
      const waitMs = needsPerson(failure.code)
        ? undefined
        : backoffMs(attempt, Math.random(), longestBackoffMs * (failure.code === "server.not-an-agent" ? 4 : 1));
      report({
        type: "lost",
        id,
        at: now(),
        failure,
        retryAt: waitMs === undefined ? null : new Date(Date.now() + waitMs).toISOString(),
      });
      await pause(waitMs);
      wake = undefined;
      if (isClosed()) return;
    }
  };

  void run();
  return {
    call: (name, given) => callAgent(transport, name, given),
    watchRequests: (filter, report) => requests.watch(filter, report),
    retry: () => {
      if (wake === undefined) {
        connection?.check();
        return;
      }
      report({ type: "connecting", id, at: now() });
      wake();
    },
    close: () => {
      closed.abort();
      wake?.();
      transport.close();
    },
  };
}
