/**
 * Keeps status pages as the proofs found the sites: a maintenance is opened there once visitors get
 * the page, and closed once they get the site again. What was opened is stored with the channel, so
 * that the next agent closes it.
 */
import type { Receipt } from "../../contract/maintenance.ts";
import { type Log, messageOf } from "../../log.ts";
import type { StoredChannel } from "../../store/stored-channel.ts";
import { callOut, type OutgoingCall, type ServiceAnswer } from "./call-out.ts";
import {
  checkCall,
  closeCall,
  idIn,
  missingComponent,
  nextStep,
  openCall,
  type StatusPage,
  type Step,
} from "./status-page-calls.ts";
import { objectIn, resting, restOf, type Undelivered } from "./webhook-answer.ts";

export interface StatusPagesParts {
  /** As it is now. */
  channel: (id: string) => StoredChannel | undefined;
  /** Stores it. @throws where that is not possible */
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
/** An incident is answered with all its history, components with all there are. */
const MAX_ANSWER_BYTES = 1_048_576;

export class StatusPages {
  readonly #parts: StatusPagesParts;
  readonly #busy = new Set<string>();
  /** Channels that are tried again at some time. */
  readonly #waiting = new Set<string>();
  /** How often a channel has failed in a row. */
  readonly #failed = new Map<string, number>();
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

  async check(channel: StatusPage): Promise<Undelivered | undefined> {
    const answer = await this.#call(checkCall(channel));
    if ("why" in answer) return answer;
    const missing = missingComponent(channel, answer.body);
    return missing === undefined ? undefined : { why: `the page has no component ${missing}; correct \`components\`` };
  }

  async #follow(id: string): Promise<void> {
    for (;;) {
      const channel = this.#parts.channel(id);
      if (channel?.kind !== "status-page" || this.#isClosed()) return;
      const step = nextStep(channel, this.#parts.receipts());
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

  async #do(channel: StatusPage, step: Step): Promise<Undelivered | undefined> {
    if ("open" in step) {
      const { id: receipt, site } = step.open;
      const answer = await this.#call(openCall(channel, step.open, this.#parts.nameOf(site)));
      if ("why" in answer) return answer;
      const id = idIn(answer.body);
      if (id === undefined) return { why: "the service did not say the id of the maintenance it opened" };
      this.#keep(channel, (opened) => [...opened, { receipt, id }]);
      this.#parts.log.info("opened a maintenance on a status page", { channel: channel.id, receipt });
      return undefined;
    }
    const { receipt, id } = step.close;
    const answer = await this.#call(closeCall(channel, id, new Date().toISOString()));
    // Somebody has removed it there.
    if ("why" in answer && answer.status !== 404) return answer;
    this.#keep(channel, (opened) => opened.filter((each) => each.receipt !== receipt));
    this.#parts.log.info("closed a maintenance on a status page", { channel: channel.id, receipt });
    return undefined;
  }

  /** The channel may have been changed while the service was asked. */
  #keep({ id }: StatusPage, change: (opened: StatusPage["opened"]) => StatusPage["opened"]): void {
    const now = this.#parts.channel(id);
    if (now?.kind === "status-page") this.#parts.keep({ ...now, opened: change(now.opened) });
  }

  async #call(call: OutgoingCall): Promise<ServiceAnswer | (Undelivered & { status?: number })> {
    const answer = await callOut(call, MAX_ANSWER_BYTES, this.#parts.closing);
    if ("why" in answer) return answer;
    const { status, retryAfter, body } = answer;
    if (status >= 200 && status < 300) return answer;
    // Statuspage says 420, too.
    if (status === 429 || status === 420) return resting(restOf(retryAfter, Date.now()));
    return { why: `it answered ${status}${saidIn(body)}${REMEDIES[status] ?? ""}`, status };
  }
}

const REMEDIES: Readonly<Record<number, string>> = {
  401: ": check the API key",
  403: ": check the API key",
  404: ": check the id of the page",
};

/** `{"error": "…"}` of Statuspage, `{"error": {"message": "…"}}` of Instatus. */
function saidIn(body: string): string {
  const { error } = objectIn(body);
  const said = typeof error === "object" && error !== null && "message" in error ? error.message : error;
  return typeof said === "string" && said !== "" ? ` (${said.slice(0, 160)})` : "";
}
