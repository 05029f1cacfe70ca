/** One connection to an agent, from the first question to its end. */
import { setTimeout as sleep } from "node:timers/promises";
import type { StreamLine } from "../../server-agent/contract/events.ts";
import { encodeCall } from "../../server-agent/core/client/admin-call.ts";
import type { Failure } from "../contract/failures.ts";
import { FailureError, failed, isBusy, messageOf } from "../failures.ts";
import { ReadThrottle } from "../timing/read-throttle.ts";
import { type Answer, askAgent } from "./agent-calls.ts";
import { EventStreamDecoder } from "./event-stream.ts";
import type { Transport } from "./socket-transport.ts";
import { STREAM_READING } from "./stream-reading.ts";
import { t } from "../language/translate.ts";

/** `gap`: events were lost, so that only a new subscription tells what is true. */
type Cause = Failure | "gap";

export type ConnectionEnd = { kind: "ended"; steady: boolean } | { kind: "lost"; failure: Failure };

export interface ConnectionParts {
  transport: Transport;
  /** How often the agent is asked whether it still lives, and how long it may take to answer. */
  heartbeatMs: number;
  answerMs: number;
  /** How long one line of the event stream may take to come. */
  lineMs: number;
  /** Ends the connection from outside. */
  closed: AbortSignal;
  onAnswer: (answer: Answer) => void;
  onLines: (lines: StreamLine[]) => void;
  /** The first lines have come. @param signal aborted when the connection ends */
  onSubscribed: (signal: AbortSignal) => void;
}

/**
 * A stream that ends sooner than this is not resubscribed at once but with backoff: an agent that
 * drops everyone must not be hammered.
 */
const STEADY_MS = 1_000;

export class AgentConnection {
  readonly #parts: ConnectionParts;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #decoder = new EventStreamDecoder();
  readonly #throttle = new ReadThrottle(STREAM_READING, performance.now());
  #cause: Cause | undefined;
  /** Epoch milliseconds. */
  #subscribedAt: number | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  /** Runs while a line has begun and not ended. */
  #unfinished: NodeJS.Timeout | undefined;
  #isAsking = false;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#signal = AbortSignal.any([this.#stop.signal, parts.closed]);
  }

  /** Resolves when it has ended; never rejects. */
  async run(): Promise<ConnectionEnd> {
    const { transport, answerMs } = this.#parts;
    try {
      await transport.reach();
      const answer = await askAgent(transport, answerMs);
      this.#expectLine();
      await transport.stream(encodeCall("events", {}), (text) => this.#receive(text, answer), {
        signal: this.#signal,
        headMs: answerMs,
      });
    } catch (error) {
      this.#cause ??= failureOf(error);
    } finally {
      clearInterval(this.#heartbeat);
      clearTimeout(this.#unfinished);
      this.#stop.abort();
    }
    if (this.#cause !== undefined && this.#cause !== "gap") return { kind: "lost", failure: this.#cause };
    return { kind: "ended", steady: this.#subscribedAt !== undefined && Date.now() - this.#subscribedAt >= STEADY_MS };
  }

  /** Asks whether the agent still lives, or ends the connection. Not before it is subscribed. */
  check(): void {
    if (this.#isAsking || this.#subscribedAt === undefined || this.#signal.aborted) return;
    this.#isAsking = true;
    askAgent(this.#parts.transport, this.#parts.answerMs).then(
      (answer) => {
        this.#isAsking = false;
        if (!this.#signal.aborted) this.#parts.onAnswer(answer);
      },
      (error: unknown) => {
        this.#isAsking = false;
        const failure = failureOf(error);
        // It lives: hanging up would only make more work for it.
        if (!isBusy(failure)) this.#end(failure);
      },
    );
  }

  /** @returns a promise while the agent is to wait, as it says more than can be shown */
  #receive(text: string, answer: Answer): Promise<void> | undefined {
    if (this.#signal.aborted) return undefined;
    const beganAt = performance.now();
    const { lines, fault } = this.#decoder.push(text);
    if (lines.length > 0) {
      clearTimeout(this.#unfinished);
      this.#unfinished = undefined;
    }
    if (this.#decoder.isInLine) this.#expectLine();
    if (lines.length > 0) {
      this.#parts.onLines(lines);
      if (this.#subscribedAt === undefined) this.#subscribed(answer);
    }
    if (fault !== undefined)
      this.#end(fault.fault === "gap" ? "gap" : { code: "server.not-an-agent", message: fault.message });
    if (lines.length === 0) return undefined;
    const waitMs = this.#throttle.after(performance.now() - beganAt, performance.now());
    return waitMs === 0 ? undefined : sleep(waitMs, undefined, { signal: this.#signal });
  }

  #subscribed(answer: Answer): void {
    this.#subscribedAt = Date.now();
    this.#parts.onAnswer(answer);
    this.#heartbeat = setInterval(() => this.check(), this.#parts.heartbeatMs);
    this.#parts.onSubscribed(this.#signal);
  }

  #expectLine(): void {
    const { lineMs } = this.#parts;
    this.#unfinished ??= setTimeout(() => {
      this.#end({
        code: this.#subscribedAt === undefined ? "server.silent" : "server.not-an-agent",
        message: t("The agent did not finish a line of its event stream within {seconds} s.", {
          seconds: Math.round(lineMs / 1000),
        }),
      });
    }, lineMs);
  }

  #end(why: Cause): void {
    this.#cause ??= why;
    this.#stop.abort();
  }
}

function failureOf(error: unknown): Failure {
  return error instanceof FailureError ? error.failure : failed("internal", messageOf(error)).failure;
}
