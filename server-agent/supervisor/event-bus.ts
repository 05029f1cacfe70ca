/**
 * What happens in the supervisor, told by whoever does it to whoever has to follow. A publisher
 * knows nobody who listens, and waits for nobody.
 */
import type { Config } from "../contract/config.ts";
import type { Receipt } from "../contract/maintenance.ts";
import type { Reminder } from "../contract/reminders.ts";
import type { MaintenanceWindow } from "../contract/windows.ts";
import type { FailingTarget } from "../worker/upstream/down-target.ts";
import type { PassUse } from "../worker/passes/passes.ts";

type SupervisorEvent =
  | {
      /** Another generation is active on every worker. */
      type: "switched";
      config: Config;
      /** Receipts that it opened or closed: its own, then those that follow from the document. */
      receipts: readonly Receipt[];
      /** How many of them the change itself is about. */
      own: number;
      /** It was the start or the end of a window, or the end that its pages tell. */
      byWindow: boolean;
    }
  | { type: "receipt-proved"; receipt: Receipt }
  /** A stage is held, or has ended. */
  | { type: "stages-changed" }
  | { type: "windows-changed"; changed: MaintenanceWindow[]; removed: string[] }
  /** Reminders were made (`areNew`), delivered, or acted on. */
  | { type: "reminders-changed"; changed: Reminder[]; areNew: boolean }
  /** It turned out that the state directory can be written, or cannot. */
  | { type: "state-changed" }
  /** Workers came, went or changed their phase. */
  | { type: "workers-changed" }
  /** Staff passes were made, used or revoked. */
  | { type: "passes-changed" }
  /** Visitors have used passes, as a worker tells. */
  | { type: "passes-used"; uses: PassUse[] }
  /** It is known of the origins of a window whether they answer. */
  | { type: "origins-checked" }
  /** Some site of a window that is planned could not be closed. */
  | { type: "hooks-checked" }
  /** Web servers were seen to be otherwise than before. */
  | { type: "web-servers-changed" }
  /** Requests have seen how a target is, as a worker tells. */
  | { type: "target-failing"; target: FailingTarget }
  /** Other targets of upstreams than before are unhealthy. */
  | { type: "targets-changed" }
  /** Something else is wrong with certificates than before. */
  | { type: "certificates-changed" }
  /** A successor serves in place of this process, which only drains. */
  | { type: "handed-over" };

type Listener = (event: SupervisorEvent) => void;

export class EventBus {
  readonly #listeners = new Map<SupervisorEvent["type"], Listener[]>();

  on<T extends SupervisorEvent["type"]>(
    type: T,
    listener: (event: Extract<SupervisorEvent, { type: T }>) => void,
  ): void {
    const listeners = this.#listeners.get(type) ?? [];
    this.#listeners.set(type, [...listeners, listener as Listener]);
  }

  /**
   * Delivers in the next turn of the event loop, in the order of publication: the client whose call
   * led to it has its reply by then, and a listener that throws stops no other.
   */
  publish(event: SupervisorEvent): void {
    for (const listener of this.#listeners.get(event.type) ?? []) setImmediate(listener, event);
  }
}
