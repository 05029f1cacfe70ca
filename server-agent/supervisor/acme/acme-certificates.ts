/**
 * Obtains certificates and renews them, one order after the other. What visitors get meanwhile is
 * what they got before, or for the very first one what the agent has signed itself.
 */
import type { ObtainOutcome } from "../../acme/obtain-certificate.ts";
import { makeKeyPair, privatePem, selfSigned } from "../../acme/certificate-request.ts";
import type { SiteCertificate } from "../../contract/tls/acme.ts";
import type { Config } from "../../contract/config.ts";
import type { WorkerPool } from "../../adapters/builtin/worker-pool.ts";
import { afterFailure, orderAt } from "../../core/acme/order-time.ts";
import type { FailedCertificate } from "../../core/reminders/certificate-reminders.ts";
import { quote } from "../../core/wording.ts";
import { type Log, messageOf } from "../../log.ts";
import { done, type Result, refuse } from "../../result.ts";
import type { Found, StateDirectory } from "../../store/state-directory.ts";
import type { Clock } from "../clock.ts";
import type { EventBus } from "../event-bus.ts";
import type { WriteQueue } from "../switch/write-queue.ts";
import { Accounts } from "./accounts.ts";
import { CertificateBook } from "./certificate-book.ts";
import { certificateProblems, describeCertificate } from "./certificate-status.ts";
import { type OrderedSite, orderedSites } from "./ordered-sites.ts";
import { SiteOrders } from "./site-orders.ts";

export interface AcmeCertificatesParts {
  state: StateDirectory;
  pool: Pick<WorkerPool, "refreshCertificates" | "useAccounts" | "useChallenge">;
  /** Nothing is stored beside a hand-over: the successor has read what is there. */
  queue: Pick<WriteQueue, "run">;
  config: () => Config;
  events: EventBus;
  clock: Clock;
  log: Log;
}

/** How often it is looked at least: clocks jump, and timers stop while a machine sleeps. */
const LOOK_INTERVAL_MS = 60_000;

export class AcmeCertificates {
  readonly #parts: AcmeCertificatesParts;
  readonly #book: CertificateBook;
  readonly #orders: SiteOrders;
  readonly #stop = new AbortController();
  /** Sites that somebody wants ordered now, and who waits for it. */
  readonly #asked = new Map<string, (() => void)[]>();
  #ordering: string | undefined = undefined;
  #isLooking = false;
  #isStale = false;
  #timer: NodeJS.Timeout | undefined = undefined;

  constructor(parts: AcmeCertificatesParts, found: Pick<Found, "accounts" | "certificates">) {
    this.#parts = parts;
    this.#book = new CertificateBook(parts, found.certificates);
    const write = (act: () => void) => this.#write(act);
    const accounts = new Accounts(parts, found.accounts);
    this.#orders = new SiteOrders({ ...parts, book: this.#book, accounts, write });
  }

  /** Orders what is due from now on. Not before the state is this process' alone. */
  begin(): void {
    this.#parts.events.on("switched", () => {
      this.#look();
    });
    this.#look();
  }

  close(): void {
    this.#stop.abort();
    clearTimeout(this.#timer);
    for (const waiting of this.#asked.values()) for (const resolve of waiting) resolve();
  }

  async list(): Promise<SiteCertificate[]> {
    return Promise.all(this.#sites().map((site) => this.#describe(site)));
  }

  /** Those whose latest order failed. */
  failures(): FailedCertificate[] {
    return this.#sites().flatMap(({ site, held, failed }) => (failed === undefined ? [] : [{ site, held, failed }]));
  }

  /** What an operator has to know of them now, a sentence each. */
  problems(): string[] {
    return certificateProblems(this.#sites(), this.#ordering);
  }

  /**
   * Orders the certificate of a site now, whatever its age and what failed before. Resolves when
   * the order has ended. Refuses with `not-found` and `agent.stopping`.
   */
  async renew(id: string): Promise<Result<SiteCertificate>> {
    const site = this.#sites().find((each) => each.site === id);
    if (site === undefined)
      return refuse("not-found", `${quote(id)} has no certificate from an authority (\`tls.acme\`).`);
    await new Promise<void>((resolve) => {
      this.#asked.set(id, [...(this.#asked.get(id) ?? []), resolve]);
      this.#look();
    });
    if (this.#stop.signal.aborted) return refuse("agent.stopping", "The agent is stopping.");
    const now = this.#sites().find((each) => each.site === id);
    return done(await this.#describe(now ?? site));
  }

  #sites(): OrderedSite[] {
    const now = this.#parts.clock.now();
    return orderedSites(this.#parts.config(), (site) => {
      const known = this.#book.get(site);
      // The clock was set back since: nobody knows when the next attempt is due.
      return known.failed !== undefined && known.failed.at > now ? { ...known, failed: undefined } : known;
    });
  }

  async #describe(site: OrderedSite): Promise<SiteCertificate> {
    const isOrdering = site.site === this.#ordering;
    return describeCertificate(site, await this.#book.read(site.site), { isOrdering, now: this.#parts.clock.now() });
  }

  #look(): void {
    this.#isStale = true;
    if (this.#isLooking || this.#stop.signal.aborted) return;
    this.#isLooking = true;
    void this.#work()
      .catch((failure: unknown) => {
        // Not at once again: mostly, the disk cannot be written.
        this.#isStale = false;
        this.#parts.log.error("could not look after certificates", { why: messageOf(failure) });
      })
      .finally(() => {
        this.#isLooking = false;
        this.#arm();
      });
  }

  async #work(): Promise<void> {
    while (this.#isStale && !this.#stop.signal.aborted) {
      this.#isStale = false;
      await this.#forgetOthers();
      for (const site of this.#sites()) await this.#makeReady(site);
      const next = this.#nextDue();
      if (next === undefined) continue;
      this.#isStale = true;
      await this.#order(next);
    }
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const sites = this.#sites();
    if (this.#stop.signal.aborted || (sites.length === 0 && !this.#isStale)) return;
    const now = this.#parts.clock.now();
    const dues = sites.map((site) => orderAt(site, site.held, site.failed) - now).filter((delay) => delay > 0);
    const delay = this.#isStale ? 0 : Math.min(LOOK_INTERVAL_MS, ...dues);
    this.#timer = setTimeout(() => {
      this.#look();
    }, delay).unref();
  }

  /** Workers have a certificate for it that they can use, whoever has signed it. */
  async #makeReady({ site, names, held }: OrderedSite): Promise<void> {
    if ((await this.#book.read(site)) !== undefined) return;
    const { log, pool, clock, events } = this.#parts;
    if (held !== undefined) log.warn("an issued certificate is gone or damaged; ordering it again", { site });
    const keys = await makeKeyPair("ecdsa-p256");
    const own = selfSigned(names, "ecdsa-p256", keys, new Date(clock.now()));
    await this.#write(() => {
      this.#book.saveFile(site, `${privatePem(keys)}${own}`);
      if (held !== undefined) this.#book.note({ ...this.#book.get(site), held: undefined });
    });
    await pool.refreshCertificates();
    log.info("using a self-signed certificate until one is issued", { site });
    events.publish({ type: "certificates-changed" });
  }

  #nextDue(): OrderedSite | undefined {
    const sites = this.#sites();
    const now = this.#parts.clock.now();
    return (
      sites.find(({ site, isBegun }) => this.#asked.has(site) || isBegun === true) ??
      sites.find((site) => orderAt(site, site.held, site.failed) <= now)
    );
  }

  async #order(site: OrderedSite): Promise<void> {
    const waiting = this.#asked.get(site.site) ?? [];
    this.#asked.delete(site.site);
    try {
      await this.#write(() => this.#book.note({ ...this.#book.get(site.site), isBegun: true }));
      this.#ordering = site.site;
      const outcome = await this.#obtain(site);
      this.#ordering = undefined;
      // What it was interrupted in is begun anew by whoever serves next.
      if (!this.#stop.signal.aborted) await this.#tell(site, outcome);
    } finally {
      for (const resolve of waiting) resolve();
    }
  }

  /**
   * After one that was cut, the authority may have asked in between, when nobody knew the answer.
   * That it then refuses the rest of that order is no failure yet: a new one is begun at once.
   */
  async #obtain(site: OrderedSite): Promise<ObtainOutcome> {
    const { signal } = this.#stop;
    const outcome = await this.#orders.obtain(site, signal);
    if (outcome.ok || site.isBegun !== true || signal.aborted) return outcome;
    this.#parts.log.warn("could not finish an interrupted order; beginning anew", {
      site: site.site,
      why: outcome.message,
    });
    return this.#orders.obtain(site, signal);
  }

  /** @throws when the agent is stopping */
  async #tell(site: OrderedSite, outcome: ObtainOutcome): Promise<void> {
    const { clock, events, log } = this.#parts;
    if (outcome.ok) {
      log.info("certificate issued", { site: site.site, names: site.names.join(" "), authority: site.name });
    } else {
      const { message, retryAfterMs } = outcome;
      const { directory, names } = site;
      const failed = afterFailure({ directory, names }, site.failed, {
        now: clock.now(),
        retryAfterMs,
        chance: Math.random(),
      });
      await this.#write(() => {
        this.#book.note({ ...this.#book.get(site.site), failed: { ...failed, message }, isBegun: false });
      });
      log.warn("could not obtain a certificate", { site: site.site, authority: site.name, why: message });
    }
    events.publish({ type: "certificates-changed" });
  }

  /** @throws like `Folder.write`, and when the agent is stopping */
  async #write(act: () => void): Promise<void> {
    const written = await this.#parts.queue.run(() => {
      act();
      return Promise.resolve(done(undefined));
    });
    if (!written.ok) throw new Error(written.refusal.message);
  }

  /** Their certificates are kept as long as somebody who takes a change back could use them. */
  async #forgetOthers(): Promise<void> {
    const wanted = new Set(this.#sites().map(({ site }) => site));
    const now = this.#parts.clock.now();
    const old = this.#book
      .all()
      .filter(({ site, held }) => !wanted.has(site) && (held === undefined || held.ends < now));
    if (old.length > 0)
      await this.#write(() => {
        for (const { site } of old) this.#book.forget(site);
      });
  }
}
