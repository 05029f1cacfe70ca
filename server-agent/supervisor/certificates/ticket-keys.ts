/**
 * The key of session tickets, by which visitors of TLS come back without a full handshake: at any
 * worker, after a restart, and at a successor. Who has it can read what was recorded of sessions
 * that began with its tickets; so it is made anew twice a day, and the old one is gone. Visitors
 * then need one full handshake.
 */
import { randomBytes } from "node:crypto";
import type { Config } from "../../contract/config.ts";
import type { WorkerPool } from "../../adapters/builtin/worker-pool.ts";
import { type Log, messageOf } from "../../log.ts";
import type { StateDirectory } from "../../store/state-directory.ts";
import type { StoredValue } from "../../store/stored-kinds.ts";
import type { Clock } from "../clock.ts";
import type { EventBus } from "../event-bus.ts";

type TicketKey = StoredValue<"tickets">;

const KEY_LIFE_MS = 12 * 60 * 60 * 1000;
/** As OpenSSL has it: a name, a key that signs, and one that hides. */
const KEY_BYTES = 48;
/** There is one file. */
const ID = "current";

export interface TicketKeysParts {
  state: Pick<StateDirectory, "save">;
  pool: Pick<WorkerPool, "useTicketKey">;
  config: () => Config;
  events: EventBus;
  clock: Clock;
  log: Log;
}

/** The stored one for as long as it lives, else a fresh one, not stored yet. */
export function usableTicketKey(found: readonly TicketKey[], now: number): TicketKey {
  const [stored] = found;
  const age = stored === undefined ? Infinity : now - Date.parse(stored.madeAt);
  if (stored !== undefined && age >= 0 && age < KEY_LIFE_MS) return stored;
  return { id: ID, key: randomBytes(KEY_BYTES).toString("hex"), madeAt: new Date(now).toISOString() };
}

export class TicketKeys {
  readonly #parts: TicketKeysParts;
  #key: TicketKey;
  #isStored: boolean;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined = undefined;

  /** @param key What the workers were started with. */
  constructor(parts: TicketKeysParts, found: readonly TicketKey[], key: TicketKey) {
    this.#parts = parts;
    this.#key = key;
    this.#isStored = found.includes(key);
  }

  /** Stores the key, and replaces it in time. Not before the state is this process' alone. */
  begin(): void {
    this.#parts.events.on("switched", () => this.#store());
    this.#keep();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #keep(): void {
    this.#store();
    const age = this.#parts.clock.now() - Date.parse(this.#key.madeAt);
    this.#timer = setTimeout(() => this.#renew(), Math.max(0, KEY_LIFE_MS - age)).unref();
  }

  #renew(): void {
    this.#key = usableTicketKey([], this.#parts.clock.now());
    this.#isStored = false;
    this.#parts.pool.useTicketKey(this.#key.key);
    this.#keep();
  }

  /** Without a file, visitors need one more handshake after a restart. */
  #store(): void {
    const isUsed = this.#parts
      .config()
      .listeners.some(({ tls, foreign }) => foreign === undefined && tls !== undefined && tls !== false);
    if (this.#isStored || this.#isClosed || !isUsed) return;
    try {
      this.#parts.state.save("tickets", this.#key);
      this.#isStored = true;
    } catch (failure) {
      this.#parts.log.warn("could not store the key for TLS session tickets", { why: messageOf(failure) });
    }
  }
}
