/** What systemd hears while the agent runs: its status, that it lives, reloads and stops. */
import type { Log } from "../../log.ts";
import type { EventBus } from "../event-bus.ts";
import type { ReceiptBook } from "../switch/receipt-book.ts";
import type { Switch } from "../switch/switch.ts";
import { isHeardBySystemd, notifySystemd } from "./notify-systemd.ts";

export interface SystemdParts {
  readonly events: EventBus;
  readonly receipts: Pick<ReceiptBook, "open">;
  readonly switch: Pick<Switch, "active">;
  readonly log: Log;
}

/** Several switches in a row are told once (ms). */
const STATUS_DELAY_MS = 500;

export class Systemd {
  readonly #parts: SystemdParts;
  #watchdog: NodeJS.Timeout | undefined = undefined;
  #untilStatus: NodeJS.Timeout | undefined = undefined;
  #isClosed = false;
  /** Words arrive in order, though each has a process of its own. */
  #told: Promise<unknown> = Promise.resolve();

  constructor(parts: SystemdParts) {
    this.#parts = parts;
  }

  /** @param isSuccessor The time of the watchdog was set for the process before this one. */
  begin(isSuccessor: boolean): void {
    if (!isHeardBySystemd()) return;
    const interval = watchdogInterval(isSuccessor);
    if (interval !== undefined) {
      const tellAlive = (): void => {
        this.#tell(["WATCHDOG=1"]);
      };
      // At once: what the process before this one has told last may be as old as the interval.
      tellAlive();
      this.#watchdog = setInterval(tellAlive, interval).unref();
    }
    this.#parts.events.on("switched", () => {
      this.#tellStatusSoon();
    });
    this.#tellStatusSoon();
  }

  /** A graceful restart begins, by a signal: `systemctl reload` waits for its end. */
  reloading(): void {
    // CLOCK_MONOTONIC, which is that of `hrtime`.
    this.#tell(["RELOADING=1", `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`]);
  }

  reloaded(): void {
    this.#tell(["READY=1"]);
  }

  stopping(): void {
    this.#tell(["STOPPING=1"]);
    this.close();
  }

  /** Tells nothing more: another process is the main one, or this one ends. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#watchdog);
    clearTimeout(this.#untilStatus);
  }

  #tellStatusSoon(): void {
    this.#untilStatus ??= setTimeout(() => {
      this.#untilStatus = undefined;
      this.#tell([`--status=${this.#status()}`]);
    }, STATUS_DELAY_MS).unref();
  }

  #status(): string {
    const { receipts, switch: swap } = this.#parts;
    const closed = receipts.open().map(({ site }) => site);
    const maintenance = closed.length === 0 ? "" : `; in maintenance: ${closed.join(", ")}`;
    return `Serving generation ${swap.active.generation}${maintenance}`;
  }

  #tell(words: readonly string[]): void {
    if (this.#isClosed) return;
    // Nobody waits for what is said last: it must not keep the process from ending.
    this.#told = this.#told.then(() => notifySystemd(words, this.#parts.log, () => !this.#isClosed));
  }
}

/** Half of `WatchdogSec` (ms); undefined without one, or where another process is meant. */
function watchdogInterval(isSuccessor: boolean): number | undefined {
  const { WATCHDOG_USEC: microseconds = "", WATCHDOG_PID: pid } = process.env;
  if (!/^[1-9]\d*$/.test(microseconds)) return undefined;
  if (pid !== undefined && Number(pid) !== process.pid && !isSuccessor) return undefined;
  return Number(microseconds) / 2000;
}
