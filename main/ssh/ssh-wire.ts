/** The socket below an SSH connection, read no faster than one server may keep the app busy. */
import type { Duplex } from "node:stream";
import type ssh2 from "ssh2";
import { ReadThrottle } from "../timing/read-throttle.ts";
import { messageOf } from "../failures.ts";
import { t } from "../language/translate.ts";

/**
 * Bytes that may wait in a channel beyond its window (2 MB), which ssh2 announces and does not
 * enforce.
 */
const MAX_UNREAD_BYTES = 4 * 1024 * 1024;
/** Bytes of answers that the server does not fetch, beside what a channel's window lets through. */
const MAX_UNSENT_BYTES = 8 * 1024 * 1024;
/**
 * Questions of ours (keepalives, proofs of host keys that the server announced) that it leaves
 * without an answer.
 */
const MAX_UNANSWERED_REQUESTS = 16;
/**
 * A packet of a few bytes may be a question that takes a cipher to answer: a flood of them must not
 * have the whole process.
 */
const READING = { advanceMs: 1000, share: 4, leastMs: 0 };

/** How long a server may take to open a channel. */
export const OPEN_TIMEOUT_MS = 30_000;

/** How commands ended, by their channel. */
const EXITS = new WeakMap<ssh2.Channel, number | null>();

/**
 * The code with which a command ended; `null` where a signal ended it, `undefined` where it runs.
 * Kept from the moment when its channel is opened: the end of a short one comes along with that,
 * before anybody who waits for the channel can listen.
 */
export function exitCodeOf(channel: ssh2.Channel): number | null | undefined {
  return EXITS.get(channel);
}

/** What ssh2 has of a channel that was asked for. */
export type MaybeChannel = { destroy(): unknown } | Error | undefined;

/**
 * One connection of ssh2 over a socket of our own. ssh2 trusts the server in some points: it takes
 * more than a window allows, answers a server that does not read, remembers every host key that is
 * announced, and does not destroy a socket that is closed on one side. Here such a server is hung
 * up on.
 */
export class SshWire {
  readonly client: ssh2.Client;
  readonly #socket: Duplex;
  readonly #channels = new Set<ssh2.Channel>();
  readonly #throttle = new ReadThrottle(READING, performance.now());
  #fault: string | undefined;

  constructor(client: ssh2.Client, socket: Duplex) {
    this.client = client;
    this.#socket = socket;
    // Before ssh2's own listener: what that takes is measured.
    socket.on("data", () => this.#read());
  }

  /** Why it was hung up, when the server asked too much. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** To be called with every channel that is opened. */
  opened<C extends ssh2.Channel>(channel: C): C {
    this.#channels.add(channel);
    channel.once("close", () => this.#channels.delete(channel));
    channel.once("exit", (code: number | null) => EXITS.set(channel, code));
    return channel;
  }

  /**
   * A channel of the server, or how it refused. Rejects with why there is neither: once the
   * connection is over ssh2 throws, or never calls back; nor does it when the server never answers.
   * A channel that comes when nobody waits any more is closed: it counts at the server
   * (MaxSessions).
   *
   * @param over the end of the connection, or of what the channel is for
   */
  asked<T extends MaybeChannel>(
    ask: (opened: (outcome: T) => void) => unknown,
    over: AbortSignal,
    openMs = OPEN_TIMEOUT_MS,
  ): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    let isWanted = true;
    const giveUp = (why: string) => {
      isWanted = false;
      reject(new Error(why));
    };
    const ended = () => giveUp(this.#fault ?? t("the connection ended"));
    if (over.aborted) {
      ended();
      return promise;
    }
    const seconds = Math.round(openMs / 1000);
    const late = setTimeout(
      () => giveUp(t("it was asked for a channel and did not answer within {seconds} s", { seconds })),
      openMs,
    );
    over.addEventListener("abort", ended, { once: true });
    try {
      ask((outcome) => {
        if (isWanted) resolve(outcome);
        else if (outcome !== undefined && "destroy" in outcome) outcome.destroy();
      });
    } catch (error) {
      giveUp(messageOf(error));
    }
    return promise.finally(() => {
      clearTimeout(late);
      over.removeEventListener("abort", ended);
    });
  }

  hangUp(): void {
    this.client.destroy();
    this.#socket.destroy();
  }

  /**
   * One piece at a time: Node would otherwise read megabytes from one socket before it looks at
   * another.
   */
  #read(): void {
    const beganAt = performance.now();
    const goOn = () => this.#socket.resume();
    this.#socket.pause();
    process.nextTick(() => {
      const now = performance.now();
      const waitMs = this.#throttle.after(now - beganAt, now);
      if (waitMs > 0) setTimeout(goOn, waitMs);
      else setImmediate(goOn);
    });
    this.#fault ??= this.#excess();
    if (this.#fault !== undefined) this.hangUp();
  }

  #excess(): string | undefined {
    if (this.#socket.writableLength > MAX_UNSENT_BYTES) return t("it sends requests and does not read the answers");
    // Not in the types: ssh2 has no other way to tell.
    const { _callbacks: unanswered } = this.client as unknown as { _callbacks?: readonly unknown[] };
    if (unanswered !== undefined && unanswered.length > MAX_UNANSWERED_REQUESTS)
      return t("it announces host keys without end");
    for (const channel of this.#channels)
      if (channel.readableLength > MAX_UNREAD_BYTES || unreadErrors(channel) > MAX_UNREAD_BYTES)
        return t("it sends more than it was allowed to");
    return undefined;
  }
}

function unreadErrors(channel: ssh2.Channel): number {
  return "readableLength" in channel.stderr ? channel.stderr.readableLength : 0;
}
