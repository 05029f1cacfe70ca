/**
 * Whether the originals of closed sites are well: asked in the background, so that no change waits
 * for a site that does not answer.
 */
import type { Config } from "../../contract/config.ts";
import type { Occurrence } from "../../contract/windows.ts";
import type { ProofListener } from "../../core/proof/entry.ts";
import { healthProbe, unhealthy } from "../../core/proof/health-probe.ts";
import type { StoredWindow } from "../../store/stored-window.ts";
import type { EventBus } from "../event-bus.ts";
import { askProbe } from "./send-probe.ts";

export interface OriginHealthParts {
  token: string;
  /** As visitors of this site come in now. */
  listeners(site: string): Promise<readonly ProofListener[]>;
  config(): Config;
  events: EventBus;
}

export interface Verdict {
  /** Why a site is not well; `undefined`: all are. */
  why: string | undefined;
}

/** How long an answer may take (ms). */
const ANSWER_TIMEOUT_MS = 5000;
/** What was found is asked again after this time (ms). */
const RETRY_DELAY_MS = 10_000;

interface Asked {
  verdict: Verdict | undefined;
  isAsking: boolean;
  /** When it was last asked, by a clock that never jumps. */
  at: number;
}

export class OriginHealth {
  readonly #parts: OriginHealthParts;
  readonly #closing = new AbortController();
  readonly #asked = new Map<string, Asked>();

  constructor(parts: OriginHealthParts) {
    this.#parts = parts;
  }

  /**
   * What is known of the sites that an occurrence holds. Asks when nothing is, or when it is old;
   * then `origins-checked` is published.
   */
  verdict({ sites }: StoredWindow, occurrence: Occurrence): Verdict | undefined {
    const key = keyOf(occurrence);
    const asked = this.#asked.get(key) ?? { verdict: undefined, isAsking: false, at: -Infinity };
    this.#asked.set(key, asked);
    if (!asked.isAsking && performance.now() - asked.at >= RETRY_DELAY_MS) void this.#ask(asked, sites);
    return asked.verdict;
  }

  /** Forgets what is known of all other occurrences. */
  keep(occurrences: readonly Occurrence[]): void {
    const kept = new Set(occurrences.map(keyOf));
    for (const key of this.#asked.keys()) if (!kept.has(key)) this.#asked.delete(key);
  }

  /** Milliseconds until something is to be asked again; `undefined` where nothing is. */
  get dueInMs(): number | undefined {
    const waiting = [...this.#asked.values()]
      .filter(({ isAsking }) => !isAsking)
      .map(({ at }) => at + RETRY_DELAY_MS - performance.now());
    return waiting.length === 0 ? undefined : Math.max(0, Math.min(...waiting));
  }

  close(): void {
    this.#closing.abort();
  }

  async #ask(asked: Asked, sites: StoredWindow["sites"]): Promise<void> {
    asked.isAsking = true;
    const faults = await Promise.all(sites.map(({ site, health }) => this.#faultOf(site, health)));
    const known = faults.filter((fault) => fault !== undefined);
    Object.assign(asked, {
      verdict: { why: known.length === 0 ? undefined : known.join("; ") },
      isAsking: false,
      at: performance.now(),
    });
    if (!this.#closing.signal.aborted) this.#parts.events.publish({ type: "origins-checked" });
  }

  async #faultOf(site: string, path = "/"): Promise<string | undefined> {
    const listeners = await this.#parts.listeners(site);
    const probe = healthProbe(this.#parts.config(), listeners, site, path);
    return "cannot" in probe
      ? probe.cannot
      : unhealthy(
          site,
          path,
          await askProbe(probe, this.#parts.token, ANSWER_TIMEOUT_MS, this.#closing.signal),
          probe.foreign,
        );
  }
}

function keyOf({ window, start, end }: Occurrence): string {
  return `${window} ${start} ${end}`;
}
