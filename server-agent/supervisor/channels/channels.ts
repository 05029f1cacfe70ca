/**
 * Where reminders go besides the desktop, and that they get there: tried again, also by a successor
 * and after a crash, as what was tried stands in the reminders themselves.
 */
import { hostname } from "node:os";
import { join } from "node:path";
import type { Channel, ChannelDraft, Reminder } from "../../contract/reminders.ts";
import type { Config } from "../../contract/config.ts";
import { siteName } from "../../core/site-name.ts";
import { compareUrgency, stillTrue } from "../../core/reminders/still-true.ts";
import { type Log, messageOf } from "../../log.ts";
import { done, type Result, refuse } from "../../result.ts";
import type { StateDirectory } from "../../store/state-directory.ts";
import type { StoredChannel } from "../../store/stored-channel.ts";
import { invalid, shownChannel, storedChannel } from "./channel-draft.ts";
import { type Message, reminderMessage, testMessage } from "./channel-message.ts";
import type { ReceiptBook } from "../switch/receipt-book.ts";
import type { Clock } from "../clock.ts";
import type { EventBus } from "../event-bus.ts";
import type { Reminders } from "../windows/reminders.ts";
import { refuseUnstored } from "../refuse-unstored.ts";
import { runHook } from "./run-hook.ts";
import { sendEmail } from "./send-email.ts";
import { sendWebhook } from "./send-webhook.ts";
import { StatusPages } from "./status-pages.ts";
import type { Undelivered } from "./webhook-answer.ts";

export interface ChannelsParts {
  clock: Clock;
  state: StateDirectory;
  reminders: Pick<Reminders, "list" | "noteDelivery">;
  receipts: Pick<ReceiptBook, "known">;
  config: () => Config;
  events: EventBus;
  log: Log;
}

interface Waiting {
  /** Its id. */
  reminder: string;
  tried: number;
}

/** Before the second try, the third, … (ms). */
const PAUSES_MS = [5000, 30_000, 120_000, 300_000];
const MAX_CHANNELS = 20;
/** What was due longer ago (ms) is not sent after a restart. */
const MAX_AGE_MS = 60 * 60_000;

export class Channels {
  readonly #parts: ChannelsParts;
  readonly #channels: Map<string, StoredChannel>;
  readonly #closing = new AbortController();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** By channel what waits: one is sent after the other, so that none is flooded. */
  readonly #waiting = new Map<string, Waiting[]>();
  /** Channels that are being sent to. */
  readonly #busy = new Set<string>();
  /** Channels whose receiver takes nothing for a while. */
  readonly #resting = new Set<string>();
  readonly #pages: StatusPages;

  constructor(parts: ChannelsParts, found: readonly StoredChannel[]) {
    this.#parts = parts;
    this.#channels = new Map(found.map((channel) => [channel.id, channel]));
    parts.events.on("reminders-changed", ({ changed, areNew }) => {
      if (areNew) this.#deliverAll(changed);
    });
    this.#pages = new StatusPages({
      channel: (id) => this.#channels.get(id),
      keep: (channel) => {
        // First: what stands on a page is true, whether it can be stored or not.
        this.#channels.set(channel.id, channel);
        parts.state.save("channels", channel);
      },
      receipts: () => parts.receipts.known(),
      nameOf: (site) => siteName(parts.config(), site),
      later: (ms, act) => this.#later(ms, act),
      closing: this.#closing.signal,
      log: parts.log,
    });
    parts.events.on("receipt-proved", () => this.#followAll());
  }

  /** Goes on with what the agent before has not got through. */
  begin(now: number): void {
    for (const reminder of this.#parts.reminders.list()) {
      if (Date.parse(reminder.due) < now - MAX_AGE_MS) continue;
      for (const channel of this.#receivers()) {
        const before = reminder.deliveries.find(({ to }) => to === nameOf(channel));
        const isOpen =
          before === undefined ? channel.createdAt <= reminder.due : !before.ok && before.tries <= PAUSES_MS.length;
        if (isOpen) this.#deliver(channel.id, reminder.id, before?.tries ?? 0);
      }
    }
    this.#followAll();
  }

  /** Those that get reminders. */
  #receivers(): StoredChannel[] {
    return [...this.#channels.values()].filter(({ kind }) => kind !== "status-page");
  }

  #followAll(): void {
    for (const { id, kind } of this.#channels.values()) if (kind === "status-page") this.#pages.follow(id);
  }

  #deliverAll(reminders: readonly Reminder[]): void {
    for (const reminder of reminders) for (const { id } of this.#receivers()) this.#deliver(id, reminder.id, 0);
  }

  list(): Channel[] {
    return [...this.#channels.values()].map((channel) => this.#shown(channel));
  }

  /** Adds a channel, or changes it. Refuses with `options.invalid` or `store.failed`. */
  put(id: string, draft: ChannelDraft): Result<Channel> {
    if (!/^[A-Za-z0-9][A-Za-z0-9-]{0,49}$/.test(id))
      return invalid("/id", "name a channel with letters, digits and hyphens, 50 at most");
    const before = this.#channels.get(id);
    if (before === undefined && this.#channels.size >= MAX_CHANNELS)
      return invalid("/id", `there are ${MAX_CHANNELS} channels already; remove one first`);
    const stored = storedChannel(id, draft, before, new Date().toISOString());
    return stored.ok ? this.#store(stored.value) : stored;
  }

  /** Refuses with `not-found` or `store.failed`. */
  remove(id: string): Result<Channel> {
    const channel = this.#channels.get(id);
    if (channel === undefined) return unknown(id);
    try {
      this.#parts.state.remove("channels", id);
    } catch (failure) {
      return refuseUnstored("That the channel is removed", failure);
    }
    this.#channels.delete(id);
    return done(this.#shown(channel));
  }

  /** Sends a test message now, once. Refuses with `not-found`. */
  async test(id: string): Promise<Result<{ ok: boolean; why?: string }>> {
    const channel = this.#channels.get(id);
    if (channel === undefined) return unknown(id);
    const failed = await this.#send(channel, testMessage(id, serverOf(channel), new Date().toISOString()));
    return done(failed === undefined ? { ok: true } : { ok: false, why: failed.why });
  }

  /** What has not arrived is left to the next agent. */
  close(): void {
    this.#closing.abort();
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #deliver(id: string, reminder: string, tried: number): void {
    this.#waiting.set(id, [...(this.#waiting.get(id) ?? []), { reminder, tried }]);
    this.#wake(id);
  }

  #wake(id: string): void {
    if (this.#busy.has(id) || this.#resting.has(id)) return;
    this.#busy.add(id);
    void this.#sendAll(id);
  }

  /** Nothing is sent to it until then; what comes meanwhile waits with the others. */
  #rest(id: string, restMs: number): void {
    this.#resting.add(id);
    this.#later(restMs, () => {
      this.#resting.delete(id);
      this.#wake(id);
    });
  }

  /** What is most urgent first, as it is at that moment. */
  async #sendAll(id: string): Promise<void> {
    // Those that are made at once wait before one of them is chosen.
    await Promise.resolve();
    for (;;) {
      const reminders = new Map(this.#parts.reminders.list().map((reminder) => [reminder.id, reminder]));
      const waiting = (this.#waiting.get(id) ?? []).flatMap(({ reminder, tried }) => {
        const known = reminders.get(reminder);
        return known === undefined ? [] : [{ reminder: known, tried }];
      });
      const [next, ...others] = waiting.toSorted((a, b) => compareUrgency(a.reminder, b.reminder));
      this.#waiting.set(
        id,
        others.map(({ reminder, tried }) => ({ reminder: reminder.id, tried })),
      );
      const channel = this.#channels.get(id);
      // It may have been removed meanwhile.
      if (next === undefined || channel === undefined || this.#isClosed()) {
        this.#waiting.delete(id);
        this.#busy.delete(id);
        return;
      }
      try {
        await this.#sendOne(channel, next.reminder, next.tried);
      } catch (failure) {
        this.#parts.log.error("could not send a reminder", { channel: id, why: messageOf(failure) });
      }
      if (this.#resting.has(id)) {
        this.#busy.delete(id);
        return;
      }
    }
  }

  async #sendOne(channel: StoredChannel, reminder: Reminder, tried: number): Promise<void> {
    const now = stillTrue(reminder, this.#parts.clock.now());
    const failed: Undelivered | undefined =
      "untrue" in now ? { why: now.untrue } : await this.#send(channel, reminderMessage(now, serverOf(channel)));
    if (this.#isClosed()) return;
    await this.#parts.reminders.noteDelivery(reminder.id, {
      to: nameOf(channel),
      ...(failed === undefined ? {} : { why: failed.why }),
    });
    if (failed === undefined) return;
    const { why, restMs, isFinal } = failed;
    const pause = "untrue" in now || isFinal === true ? undefined : PAUSES_MS[tried];
    this.#parts.log.warn(
      pause === undefined ? "could not deliver a reminder" : "could not deliver a reminder; retrying",
      { reminder: reminder.id, channel: channel.id, why },
    );
    if (restMs !== undefined) this.#rest(channel.id, restMs);
    if (pause === undefined) return;
    const again = () => this.#deliver(channel.id, reminder.id, tried + 1);
    // It is the first to be sent when the receiver takes messages again.
    if (restMs === undefined) this.#later(pause, again);
    else again();
  }

  async #send(channel: StoredChannel, message: Message): Promise<Undelivered | undefined> {
    const { signal } = this.#closing;
    if (channel.kind === "webhook") return sendWebhook(channel, message, new Date(), signal);
    if (channel.kind === "email") return sendEmail(channel, message, signal);
    // It gets no messages; what can be tried is whether it would let the agent change it.
    if (channel.kind === "status-page") return this.#pages.check(channel);
    const why = await runHook(join(this.#parts.state.path, "hooks"), channel.program, message, signal);
    return why === undefined ? undefined : { why };
  }

  #shown(channel: StoredChannel): Channel {
    return shownChannel(channel, this.#pages.trouble(channel.id));
  }

  #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  #later(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms).unref();
    this.#timers.add(timer);
  }

  #store(channel: StoredChannel): Result<Channel> {
    try {
      this.#parts.state.save("channels", channel);
    } catch (failure) {
      return refuseUnstored("The channel", failure);
    }
    this.#channels.set(channel.id, channel);
    if (channel.kind === "status-page") this.#pages.follow(channel.id);
    return done(this.#shown(channel));
  }
}

function nameOf({ kind, id }: StoredChannel): string {
  return `${kind}:${id}`;
}

function serverOf({ server }: StoredChannel): string {
  return server ?? hostname();
}

function unknown(id: string): ReturnType<typeof refuse> {
  return refuse("not-found", `There is no channel ${id}; GET /v1/channels lists them.`);
}
