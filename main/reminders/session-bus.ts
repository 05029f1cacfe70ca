/** The D-Bus session bus, reduced to what notifications need. */
import { Message, type MessageBus, sessionBus } from "@jellybrick/dbus-next";
import { messageOf } from "../failures.ts";

/**
 * A service that is started for the call may take its time; one that hangs must not hold a reminder
 * back.
 */
const ANSWER_TIMEOUT_MS = 5000;

export interface Call {
  destination: string;
  path: string;
  interface: string;
  member: string;
  signature?: string;
  body?: unknown[];
}

async function asPromised<T>(promise: Promise<T>, what: string): Promise<T> {
  let late: NodeJS.Timeout | undefined;
  const waiting = new Promise<never>((_resolve, reject) => {
    late = setTimeout(
      () => reject(new Error(`${what} was not answered within ${String(ANSWER_TIMEOUT_MS / 1000)} s`)),
      ANSWER_TIMEOUT_MS,
    );
  });
  try {
    return await Promise.race([promise, waiting]);
  } finally {
    clearTimeout(late);
  }
}

/** The bus of the person's session, connected when it is needed and again when it was lost. */
export class SessionBus {
  readonly #onMessage: (message: Message) => void;
  readonly #rule: string;
  readonly #log: (line: string) => void;
  #bus: MessageBus | undefined;

  /** @param rule which signals are heard (D-Bus specification, "Match Rules") */
  constructor(rule: string, onMessage: (message: Message) => void, log: (line: string) => void) {
    this.#rule = rule;
    this.#onMessage = onMessage;
    this.#log = log;
  }

  /** The reply's values. Rejects when there is no bus, nobody of that name, or no answer. */
  async call(call: Call): Promise<unknown[]> {
    const bus = this.#bus ?? (await this.#connect());
    try {
      return await this.#ask(bus, call);
    } catch (error) {
      // A refusal is an answer; after anything else, the next call connects anew.
      if (!isRefusal(error)) this.#drop(bus);
      throw error;
    }
  }

  close(): void {
    if (this.#bus !== undefined) this.#drop(this.#bus);
  }

  async #ask(bus: MessageBus, call: Call): Promise<unknown[]> {
    const reply = await asPromised(bus.call(new Message({ signature: "", body: [], ...call })), call.member);
    return reply?.body ?? [];
  }

  async #connect(): Promise<MessageBus> {
    if (process.env.DBUS_SESSION_BUS_ADDRESS === undefined) throw new Error("there is no session bus");
    const bus = sessionBus();
    const lost = new Promise<never>((_resolve, reject) => {
      bus.on("error", (error: unknown) => {
        this.#log(`session bus: ${messageOf(error)}`);
        this.#drop(bus);
        reject(error instanceof Error ? error : new Error(messageOf(error)));
      });
    });
    // Only whoever waits for the connection wants to hear of it.
    lost.catch(() => undefined);
    bus.on("message", this.#onMessage);
    const matched = this.#ask(bus, {
      destination: "org.freedesktop.DBus",
      path: "/org/freedesktop/DBus",
      interface: "org.freedesktop.DBus",
      member: "AddMatch",
      signature: "s",
      body: [this.#rule],
    });
    try {
      await Promise.race([matched, lost]);
    } catch (error) {
      this.#drop(bus);
      throw error;
    }
    this.#bus = bus;
    return bus;
  }

  #drop(bus: MessageBus): void {
    if (this.#bus === bus) this.#bus = undefined;
    bus.disconnect();
  }
}

/** An error that somebody on the bus replied. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === "DBusError";
}
