/** Windows start by the clocks of the agents. Pure. */
import { t } from "../../main/language/translate.ts";
import { decimal } from "../../main/language/formats.ts";
import type { ServerState } from "../../main/contract/servers.ts";
import { duration } from "./format.ts";

/** A clock that is off by more than this (ms) is worth a word. */
const MAX_SKEW_MS = 2000;

type Clocked = Pick<ServerState, "connection">;

/**
 * What most clocks show, against this computer's (ms): of several servers that agree, this computer
 * may be the one that is wrong. Of two middle values the one nearer to this computer's counts.
 */
function commonAhead(servers: readonly Clocked[]): number {
  const ahead = [
    0,
    ...servers.flatMap(({ connection }) => (connection.state === "connected" ? [connection.clockAheadMs] : [])),
  ].sort((a, b) => a - b);
  const middle = [ahead[(ahead.length - 1) >> 1] ?? 0, ahead[ahead.length >> 1] ?? 0];
  return middle.reduce((nearest, value) => (Math.abs(value) < Math.abs(nearest) ? value : nearest));
}

function wordsFor(offMs: number): string {
  const off = Math.abs(offMs);
  const time = off < 60_000 ? `${decimal(off / 1000, 1)} s` : duration(off);
  return offMs > 0 ? t("{time} ahead", { time }) : t("{time} behind", { time });
}

/**
 * How far the clock of a server is off, `4.2 s ahead`; `undefined` while it is right, or not known.
 * It is known to half of a round trip.
 */
export function clockOff({ connection }: Clocked, all: readonly Clocked[]): string | undefined {
  if (connection.state !== "connected") return undefined;
  const offMs = connection.clockAheadMs - commonAhead(all);
  return Math.abs(offMs) > MAX_SKEW_MS + connection.roundTripMs / 2 ? wordsFor(offMs) : undefined;
}

/** The same for this computer, as most servers see it. */
export function ownClockOff(all: readonly Clocked[]): string | undefined {
  const offMs = -commonAhead(all);
  return Math.abs(offMs) > MAX_SKEW_MS ? wordsFor(offMs) : undefined;
}
