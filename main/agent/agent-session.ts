/** One agent as the app holds on to it: its event stream, reconnecting, and calls in between. */
import { setTimeout as sleep } from "node:timers/promises";
import { API_VERSION } from "../../server-agent/contract/agent.ts";
import type { Reply, RouteName } from "../../server-agent/contract/routes.ts";
import { type CallArguments, encodeCall } from "../../server-agent/core/client/admin-call.ts";
import type { SessionEvent } from "../state/app-state.ts";
import { FailureError, done, failed, messageOf, needsPerson } from "../failures.ts";
import type { Failure, Result } from "../contract/failures.ts";
import { ReadThrottle } from "../timing/read-throttle.ts";
import { MAX_ERROR_BYTES, readReply, refusal } from "./agent-reply.ts";
import { ambiguityIn } from "./ambiguity.ts";
import { backoffMs } from "./backoff.ts";
import { parseBoundedJson } from "./bounded-json.ts";
import { EventStreamDecoder } from "./event-stream.ts";
import { STREAM_READING } from "./stream-reading.ts";
import { type RequestFilter, RequestWatches, type SeenRequests } from "./request-watches.ts";
import type { Transport } from "./socket-transport.ts";

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

const CALL_TIMEOUT_MS = 60_000;
/**
 * A stream that ends sooner than this is not resubscribed at once but with backoff: an agent that
 * drops everyone must not be hammered.
 */
const STEADY_MS = 1_000;

type Answer = Pick<Extract<SessionEvent, { type: "answered" }>, "roundTripMs" | "clockAheadMs">;

type End = { kind: "ended"; steady: boolean } | { kind: "lost"; failure: Failure };

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
  let check: (() => void) | undefined;
  const now = () => new Date().toISOString();
  const isClosed = () => closed.signal.aborted;

  const call = async <N extends RouteName>(name: N, given: CallArguments<N>): Promise<Result<Reply<N>>> => {
    try {
      const { status, text } = await transport.call(encodeCall(name, given), CALL_TIMEOUT_MS);
      const reply = readReply(name, status, text);
      if (!reply.ok) return { ok: false, failure: refusal(reply.error) };
      const ambiguity = ambiguityIn(reply.value);
      return ambiguity === undefined
        ? done(reply.value)
        : failed("server.not-an-agent", `The reply to ${name} is not a valid agent reply: ${ambiguity}.`);
    } catch (error) {
      if (error instanceof FailureError) return { ok: false, failure: error.failure };
      throw error;
    }
  };

  /**
   * Asks who is there. The version is looked at before the shape: an agent of another API may well
   * answer in another shape.
   */
  const ask = async (): Promise<Answer> => {
    const { status, text, durationMs } = await transport.call(encodeCall("getAgent", {}), answerMs, MAX_ERROR_BYTES);
    const version = apiVersionOf(text);
    if (version !== undefined && version !== API_VERSION)
      throw new FailureError({
        code: "server.api-version",
        message: `The agent speaks version ${version} of the admin API, this app version ${API_VERSION}. Update ${version < API_VERSION ? "the agent" : "this app"}.`,
      });
    const reply = readReply("getAgent", status, text);
    if (!reply.ok)
      throw new FailureError({
        ...refusal(reply.error),
        ...(reply.error.requestId === "" ? { code: "server.not-an-agent" } : {}),
      });
    // What it says was true about half-way.
    return {
      roundTripMs: durationMs,
      clockAheadMs: Math.round(Date.parse(reply.value.clock) - (Date.now() - durationMs / 2)),
    };
  };

  /** One connection from the first question to its end. */
  const live = async (): Promise<End> => {
    const stop = new AbortController();
    let cause: Failure | "gap" | undefined;
    const end = (why: Failure | "gap") => {
      cause ??= why;
      stop.abort();
    };
    let subscribedAt: number | undefined;
    let heartbeat: NodeJS.Timeout | undefined;
    let unfinished: NodeJS.Timeout | undefined;
    const unending = () =>
      end({
        code: subscribedAt === undefined ? "server.silent" : "server.not-an-agent",
        message: `The agent did not finish a line of its event stream within ${Math.round(lineMs / 1000)} s.`,
      });
    let isAsking = false;
    const beat = () => {
      if (isAsking) return;
      isAsking = true;
      ask().then(
        (answer) => {
          isAsking = false;
          if (!stop.signal.aborted && !closed.signal.aborted) report({ type: "answered", id, at: now(), ...answer });
        },
        (error: unknown) => end(failureOf(error)),
      );
    };
    try {
      await transport.reach();
      const answer = await ask();
      const decoder = new EventStreamDecoder();
      const throttle = new ReadThrottle(STREAM_READING, performance.now());
      const signal = AbortSignal.any([stop.signal, closed.signal]);
      unfinished = setTimeout(unending, lineMs);
      await transport.stream(
        encodeCall("events", {}),
        (text) => {
          if (signal.aborted) return undefined;
          const beganAt = performance.now();
          const { lines, fault } = decoder.push(text);
          if (lines.length > 0) {
            clearTimeout(unfinished);
            unfinished = undefined;
          }
          if (decoder.isInLine) unfinished ??= setTimeout(unending, lineMs);
          if (lines.length > 0) {
            report({ type: "streamed", id, at: now(), lines });
            if (subscribedAt === undefined) {
              subscribedAt = Date.now();
              report({ type: "answered", id, at: now(), ...answer });
              heartbeat = setInterval(beat, heartbeatMs);
              check = beat;
              requests.resume(signal);
            }
          }
          if (fault !== undefined)
            end(fault.fault === "gap" ? "gap" : { code: "server.not-an-agent", message: fault.message });
          if (lines.length === 0) return undefined;
          const waitMs = throttle.after(performance.now() - beganAt, performance.now());
          return waitMs === 0 ? undefined : sleep(waitMs, undefined, { signal });
        },
        { signal, headMs: answerMs },
      );
    } catch (error) {
      cause ??= failureOf(error);
    } finally {
      clearInterval(heartbeat);
      clearTimeout(unfinished);
      check = undefined;
      stop.abort();
    }
    if (cause === undefined || cause === "gap")
      return { kind: "ended", steady: subscribedAt !== undefined && Date.now() - subscribedAt >= STEADY_MS };
    return { kind: "lost", failure: cause };
  };

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
      const end = await live();
      if (isClosed()) return;
      if (end.kind === "ended" && end.steady) {
        attempt = 0;
        continue;
      }
      attempt += 1;
      const failure: Failure =
        end.kind === "lost"
          ? end.failure
          : { code: "server.unreachable", message: "The agent closed the event stream as soon as it had opened it." };
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
    call,
    watchRequests: (filter, report) => requests.watch(filter, report),
    retry: () => {
      if (wake === undefined) {
        check?.();
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

function failureOf(error: unknown): Failure {
  return error instanceof FailureError ? error.failure : failed("internal", messageOf(error)).failure;
}

function apiVersionOf(text: string): number | undefined {
  const info = parseBoundedJson(text);
  return info.ok &&
    typeof info.value === "object" &&
    info.value !== null &&
    "apiVersion" in info.value &&
    Number.isSafeInteger(info.value.apiVersion)
    ? (info.value.apiVersion as number)
    : undefined;
}
