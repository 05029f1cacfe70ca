/**
 * Keeps status pages as the proofs found the sites: a maintenance is opened there once visitors get
 * the page, and closed once they get the site again. What was opened is stored with the channel, so
 * that the next agent closes it.
 */
import type { Receipt } from "../../contract/maintenance.ts";
import { type Log, messageOf } from "../../log.ts";
import type { StoredChannel } from "../../store/stored-channel.ts";
import { kumaPage } from "./kuma-page.ts";
import type { RemotePage } from "./remote-page.ts";
import { restPage } from "./rest-page.ts";
import { nextStep, type StatusPage, type Step } from "./status-page-calls.ts";
import type { Undelivered } from "./webhook-answer.ts";

export interface StatusPagesParts {
  /** As it is now. */
  channel: (id: string) => StoredChannel | undefined;
  /** It is so from now on, and stored. @throws where it cannot be stored */
  keep: (channel: StatusPage) => void;
  receipts: () => readonly Receipt[];
  nameOf: (site: string) => string;
  /** Runs this later, unless the agent ends before. */
  later: (ms: number, act: () => void) => void;
  closing: AbortSignal;
  log: Log;
}

/** Before the second try, the third, … (ms); from then on the last. */
const PAUSES_MS = [5000, 30_000, 120_000, 300_000];
const LAST_PAUSE_MS = 300_000;

export class StatusPages {
  readonly #parts: StatusPagesParts;
  readonly #busy = new Set<string>();
  /** Channels that are tried again at some time. */
  readonly #waiting = new Set<string>();
  /** How often a channel has failed in a row. */
  readonly #failed = new Map<string, number>();
  /** Channels of which more is known than could be stored. */
  readonly #unstored = new Set<string>();
  readonly #trouble = new Map<string, string>();

  constructor(parts: StatusPagesParts) {
    this.#parts = parts;
  }

  /** Why the page of this channel is not as it should be. */
  trouble(id: string): string | undefined {
    return this.#trouble.get(id);
  }

  /** Changes the page until it is as was observed. */
  follow(id: string): void {
    if (this.#busy.has(id)) return;
    this.#busy.add(id);
    void this.#follow(id).finally(() => this.#busy.delete(id));
  }

  check(channel: StatusPage): Promise<Undelivered | undefined> {
    return this.#remote(channel).check();
  }

  async #follow(id: string): Promise<void> {
    for (;;) {
      const channel = this.#parts.channel(id);
      if (channel?.kind !== "status-page" || this.#isClosed()) return;
      // First: an agent that ends before would leave on the page what nobody knows of.
      const step = this.#unstored.has(id) ? "store" : nextStep(channel, this.#parts.receipts());
      if (step === undefined) {
        this.#failed.delete(id);
        this.#trouble.delete(id);
        return;
      }
      const failed = await this.#do(channel, step).catch((failure: unknown) => ({ why: messageOf(failure) }));
      if (failed === undefined) continue;
      if (!this.#isClosed()) this.#retry(id, failed);
      return;
    }
  }

  #retry(id: string, { why, restMs }: Undelivered): void {
    const tries = this.#failed.get(id) ?? 0;
    this.#failed.set(id, tries + 1);
    this.#trouble.set(id, why);
    this.#parts.log.warn("could not change a status page; retrying", { channel: id, why });
    if (this.#waiting.has(id)) return;
    this.#waiting.add(id);
    this.#parts.later(restMs ?? PAUSES_MS[tries] ?? LAST_PAUSE_MS, () => {
      this.#waiting.delete(id);
      this.follow(id);
    });
  }

  #isClosed(): boolean {
    return this.#parts.closing.aborted;
  }

  #remote(channel: StatusPage): RemotePage {
    const { closing } = this.#parts;
    return channel.service === "uptime-kuma" ? kumaPage(channel, closing) : restPage(channel, closing);
  }

  async #do(channel: StatusPage, step: Step | "store"): Promise<Undelivered | undefined> {
    if (step === "store") {
      this.#keep(channel, (known) => known);
      return undefined;
    }
    if ("open" in step) {
      const { id: receipt, site } = step.open;
      const opened = await this.#remote(channel).open(step.open, this.#parts.nameOf(site));
      if ("why" in opened) return opened;
      const { id } = opened;
      this.#keep(channel, (known) => [...known, { receipt, id }]);
      this.#parts.log.info("opened a maintenance on a status page", { channel: channel.id, receipt });
      return undefined;
    }
    const { receipt, id } = step.close;
    const failed = await this.#remote(channel).close(id);
    if (failed !== undefined) return failed;
    this.#keep(channel, (known) => known.filter((each) => each.receipt !== receipt));
    this.#parts.log.info("closed a maintenance on a status page", { channel: channel.id, receipt });
    return undefined;
  }

  /** The channel may have been changed while the service was asked. */
  #keep({ id }: StatusPage, change: (opened: StatusPage["opened"]) => StatusPage["opened"]): void {
    const now = this.#parts.channel(id);
    if (now?.kind === "status-page") {
      this.#unstored.add(id);
      this.#parts.keep({ ...now, opened: change(now.opened) });
    }
    this.#unstored.delete(id);
  }
}
