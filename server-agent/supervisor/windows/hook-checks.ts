/**
 * Looks whether the sites of a window that is planned could be closed: in the background, once at
 * each check. What is found is said with the next look for reminders.
 */
import type { CheckedWindow } from "../../core/reminders/hook-checks.ts";
import type { Instant, Span } from "../../core/windows/wall-clock.ts";
import { type Log, messageOf } from "../../log.ts";
import type { EventBus } from "../event-bus.ts";

export interface HookChecksParts {
  /** Why some of these sites could not be closed now, a sentence. */
  obstacleTo: (sites: readonly string[]) => Promise<string | undefined>;
  events: EventBus;
  log: Log;
}

interface Checked {
  check: Instant;
  start: Instant;
  /** `undefined` also as long as it is not known. */
  why: string | undefined;
}

export class HookChecks {
  readonly #parts: HookChecksParts;
  /** The last check of each occurrence. */
  readonly #checked = new Map<string, Checked>();

  constructor(parts: HookChecksParts) {
    this.#parts = parts;
  }

  /** What was seen at this check. Where nobody has looked yet, `hooks-checked` follows. */
  seen({ id, sites }: CheckedWindow, { start }: Span, check: Instant): string | undefined {
    const key = `${id} ${String(start)}`;
    const known = this.#checked.get(key);
    if (known?.check === check) return known.why;
    const checked: Checked = { check, start, why: undefined };
    this.#checked.set(key, checked);
    void this.#look(checked, sites);
    return undefined;
  }

  /** Forgets what has started before. */
  forget(before: Instant): void {
    for (const [key, { start }] of this.#checked) if (start < before) this.#checked.delete(key);
  }

  async #look(checked: Checked, sites: CheckedWindow["sites"]): Promise<void> {
    const { obstacleTo, events, log } = this.#parts;
    try {
      checked.why = await obstacleTo(sites.map(({ site }) => site));
    } catch (failure) {
      log.error("could not check whether the web servers ask the agent", { why: messageOf(failure) });
    }
    if (checked.why !== undefined) events.publish({ type: "hooks-checked" });
  }
}
