/** What the admin API takes at once, so that slow clients cost a bounded amount of memory. */

export interface AdminLimits {
  /** Connections; further ones are closed at once. */
  connections: number;
  /** Calls that are being read or answered; those with a stream are counted where that is. */
  calls: number;
  /** Bytes of bodies that are being read, and of replies that nobody has read yet. */
  bytes: number;
  /** How long a request may take to arrive, and how long nobody may read a reply (ms). */
  arrivalMs: number;
  unreadMs: number;
}

export const ADMIN_LIMITS: AdminLimits = {
  connections: 512,
  calls: 128,
  bytes: 64 * 1024 * 1024,
  arrivalMs: 60_000,
  unreadMs: 60_000,
};

/** So much of each call is not counted: what is small is taken also beside what is large. */
const UNCOUNTED_BYTES = 64 * 1024;

export class Load {
  readonly limits: AdminLimits;
  #calls = 0;
  #bytes = 0;

  constructor(limits: AdminLimits) {
    this.limits = limits;
  }

  /** A call comes. `undefined`: there are too many. */
  begin(): CallLoad | undefined {
    if (this.#calls >= this.limits.calls) return undefined;
    this.#calls++;
    let bytes = 0;
    let isOver = false;
    const countedOf = (more: number): number =>
      Math.max(0, bytes + more - UNCOUNTED_BYTES) - Math.max(0, bytes - UNCOUNTED_BYTES);
    const keep = (more: number): void => {
      this.#bytes += countedOf(more);
      bytes += more;
    };
    return {
      take: (more) => {
        const counted = countedOf(more);
        if (counted > 0 && this.#bytes + counted > this.limits.bytes) return false;
        keep(more);
        return true;
      },
      keep,
      end: () => {
        if (isOver) return;
        isOver = true;
        this.#calls--;
        this.#bytes -= Math.max(0, bytes - UNCOUNTED_BYTES);
      },
    };
  }
}

/** What one call takes. */
export interface CallLoad {
  /** So many bytes more are kept for it. False: there is no room for them. */
  take(bytes: number): boolean;
  /** The same, whether there is room or not. */
  keep(bytes: number): void;
  end(): void;
}
