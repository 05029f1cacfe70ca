/**
 * The drain over time, as observed: how many requests of a site are still in flight from before its
 * switch. Pure.
 */
import { t } from "../../main/language/translate.ts";
import type { InFlightRequest, Receipt } from "../../main/contract/agent.ts";

export interface DrainSample {
  /** Epoch milliseconds. */
  at: number;
  /** `null`: nobody looked; the line stops here. */
  inFlight: number | null;
}

/** A kind of requests as people call it. */
function kindName(kind: InFlightRequest["kind"]): string {
  switch (kind) {
    case "page":
      return t("page");
    case "download":
      return t("download");
    case "upload":
      return t("upload");
    case "websocket":
      return "WebSocket";
    case "event-stream":
      return t("event stream");
  }
}

export function kindWords({ kind, held }: Pick<InFlightRequest, "kind" | "held">): string {
  const name = kindName(kind);
  return held === true ? t("{kind}, waiting for the application", { kind: name }) : name;
}

/** Whether it has no end of its own. */
export function isLasting({ kind }: Pick<InFlightRequest, "kind">): boolean {
  return kind === "websocket" || kind === "event-stream";
}

const MAX_SAMPLES = 600;

/**
 * The series with one more observation, the newest 600 points at most. A count that stays moves the
 * end of its line instead of adding to it.
 */
export function withSample(samples: readonly DrainSample[], sample: DrainSample): DrainSample[] {
  const stays = samples.length > 1 && samples.slice(-2).every(({ inFlight }) => inFlight === sample.inFlight);
  return [...(stays ? samples.slice(0, -1) : samples.slice(1 - MAX_SAMPLES)), sample];
}

/** A switch that is heard of within this time (ms) was seen from its start. */
const PROMPT_MS = 2000;

/**
 * The series of one maintenance after one more observation: how many requests of its site are still
 * in flight from before the switch. It begins at the switch, with what the agent counted then.
 *
 * @param before `undefined`: nothing was observed yet
 * @param at epoch milliseconds
 * @param isSeen whether the server can be reached; otherwise its figures are old
 */
export function observedDrain(
  before: DrainSample[] | undefined,
  { startedAt, counts }: Pick<Receipt, "startedAt" | "counts">,
  at: number,
  isSeen: boolean,
): DrainSample[] {
  const sample = { at, inFlight: isSeen ? counts.draining : null };
  const last = before?.at(-1);
  if (before !== undefined && last !== undefined)
    return last.inFlight === null && !isSeen ? before : withSample(before, sample);
  const switchedAt = Date.parse(startedAt);
  if (counts.balance === undefined || switchedAt >= at) return [sample];
  const first = { at: switchedAt, inFlight: counts.balance.accepted };
  return at - switchedAt <= PROMPT_MS ? [first, sample] : [first, { at: switchedAt + 1, inFlight: null }, sample];
}

/** Bytes per second of a request since it was first seen here, `undefined` until it can be told. */
export function speed(first: { at: number; bytes: number }, now: { at: number; bytes: number }): number | undefined {
  const seconds = (now.at - first.at) / 1000;
  return seconds < 1 || now.bytes <= first.bytes ? undefined : (now.bytes - first.bytes) / seconds;
}

/**
 * Milliseconds until a request is expected to end at this speed; `undefined` when it has no known
 * end.
 */
export function expectedEnd(
  request: Pick<InFlightRequest, "bytesExpected" | "bytesSent">,
  bytesPerSecond: number | undefined,
): number | undefined {
  if (request.bytesExpected === undefined || bytesPerSecond === undefined) return undefined;
  return ((request.bytesExpected - request.bytesSent) / bytesPerSecond) * 1000;
}
