/**
 * Whether this process is about to run out of file descriptors. The kernel gives out the lowest
 * number that is free: so the number of a new one says how many are in use, and nothing has to be
 * counted.
 */
import { closeSync, openSync, readFileSync } from "node:fs";
import type { Socket } from "node:net";

/**
 * Of all descriptors this share is kept for upstreams, files and sockets of the supervisor; as much
 * again is the zone in which connections that nobody uses give way.
 */
const RESERVED_SHARE = 0.1;
const MIN_RESERVED = 8;

export class Descriptors {
  readonly #scarceFrom: number;
  readonly #spentFrom: number;

  /** @param limit How many this process may have. */
  constructor(limit = descriptorLimit()) {
    const reserved = Math.max(MIN_RESERVED, Math.floor(limit * RESERVED_SHARE));
    this.#spentFrom = limit - reserved;
    this.#scarceFrom = limit - 2 * reserved;
  }

  /**
   * How many are to be given up by who does not need them, as few are left; 0 or less when there
   * are enough. Of all numbers below that of `latest` none was free.
   */
  excess(latest: Socket): number {
    return numberOf(latest) + 1 - this.#scarceFrom;
  }

  /** How many may be taken before what is left is needed for the requests that are here. */
  left(latest: Socket): number {
    return this.#spentFrom - numberOf(latest) - 1;
  }

  /** Whether none may be taken now. */
  areSpentNow(): boolean {
    try {
      const probe = openSync("/dev/null", "r");
      closeSync(probe);
      return probe >= this.#spentFrom;
    } catch {
      return true;
    }
  }
}

function numberOf(socket: Socket): number {
  return (socket as unknown as { _handle?: { fd?: number } | null })._handle?.fd ?? -1;
}

/** Infinity where the platform does not say. */
function descriptorLimit(): number {
  try {
    const limit = /^Max open files +(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1"))?.[1];
    return limit === undefined ? Infinity : Number(limit);
  } catch {
    return Infinity;
  }
}
