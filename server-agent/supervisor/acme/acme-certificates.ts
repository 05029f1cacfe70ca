/**
 * Obtains certificates and renews them, one order after the other. What visitors get meanwhile is
 * what they got before, or for the very first one what the agent has signed itself.
 */
import { X509Certificate } from "node:crypto";
import { obtainCertificate, type ObtainOutcome } from "../../acme/obtain-certificate.ts";
import { makeKeyPair, privatePem, selfSigned } from "../../acme/certificate-request.ts";
import { type AcmeAuthority, LETS_ENCRYPT, type SiteCertificate } from "../../contract/tls/acme.ts";
import type { Config } from "../../contract/config.ts";
import type { WorkerPool } from "../../adapters/builtin/worker-pool.ts";
import { isIssued, namesToOrder } from "../../core/acme/acme-names.ts";
import { afterFailure, namesNow, orderAt, renewalAt, type WantedCertificate } from "../../core/acme/order-time.ts";
import type { FailedCertificate } from "../../core/reminders/certificate-reminders.ts";
import { ownValue } from "../../core/own-value.ts";
import { quote } from "../../core/wording.ts";
import { type Log, messageOf } from "../../log.ts";
import { done, type Result, refuse } from "../../result.ts";
import type { Found, StateDirectory } from "../../store/state-directory.ts";
import { readAuthority } from "../certificates/authority-files.ts";
import type { Clock } from "../clock.ts";
import type { EventBus } from "../event-bus.ts";
import type { ReceiptBook } from "../switch/receipt-book.ts";
import type { WriteQueue } from "../switch/write-queue.ts";
import { Accounts } from "./accounts.ts";
import { CertificateBook, type Known } from "./certificate-book.ts";

export interface AcmeCertificatesParts {
  state: StateDirectory;
  pool: Pick<WorkerPool, "broadcast" | "useAccounts">;
  /** Nothing is stored beside a hand-over: the successor has read what is there. */
  queue: Pick<WriteQueue, "run">;
  receipts: Pick<ReceiptBook, "openFor">;
  config: () => Config;
  events: EventBus;
  clock: Clock;
  log: Log;
}

/** A site that wants a certificate from an authority. */
export interface OrderedSite extends WantedCertificate {
  readonly site: string;
  readonly name: string;
  /** Its names are listed in the document, and not just its hosts. */
  readonly isListed: boolean;
  readonly authority: AcmeAuthority;
}

const CERTIFICATE = "-----BEGIN CERTIFICATE-----";
/** More sentences help nobody. */
const MAX_PROBLEMS = 10;
/** How often it is looked at least: clocks jump, and timers stop while a machine sleeps. */
const LOOK_INTERVAL_MS = 60_000;

export class AcmeCertificates {
  readonly #parts: AcmeCertificatesParts;
  readonly #book: CertificateBook;
  readonly #accounts: Accounts;
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
    this.#accounts = new Accounts(parts, found.accounts);
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

  /** Sites with a certificate from an authority, with what is known of it. */
  sites(): (OrderedSite & Known)[] {
    return orderedSites(this.#parts.config()).map((ordered) => {
      const known = this.#book.get(ordered.site);
      return { ...known, ...ordered, names: this.#withoutStaff(ordered, known) };
    });
  }

  /** Names that a maintenance has added for staff: no authority reaches most of them. */
  #withoutStaff({ site, names, isListed }: OrderedSite, { held }: Known): readonly string[] {
    const staff = this.#parts.receipts.openFor(site)?.options.internalHosts;
    if (isListed || staff === undefined) return names;
    const added = namesToOrder({ acme: "", names: staff }, []).filter((name) => held?.names.includes(name) !== true);
    return names.filter((name) => !added.includes(name));
  }

  async list(): Promise<SiteCertificate[]> {
    return Promise.all(this.sites().map((site) => this.#describe(site)));
  }

  /** Those whose latest order failed. */
  failures(): FailedCertificate[] {
    return this.sites().flatMap(({ site, held, failed }) => (failed === undefined ? [] : [{ site, held, failed }]));
  }

  /** What an operator has to know of them now, a sentence each. */
  problems(): string[] {
    const all = this.sites().flatMap((site) => acmeProblem(site, site.site === this.#ordering) ?? []);
    const hidden = all.length - MAX_PROBLEMS;
    return hidden > 0
      ? [...all.slice(0, MAX_PROBLEMS), `${String(hidden)} more certificates could not be obtained.`]
      : all;
  }

  async #describe(site: OrderedSite): Promise<SiteCertificate> {
    const { held, failed } = this.#book.get(site.site);
    const facts = await this.#book.read(site.site);
    const isOrdering = this.#ordering === site.site;
    const due = Math.max(orderAt(site, held, failed), this.#parts.clock.now());
    return {
      site: site.site,
      names: [...(facts?.names ?? [])],
      ...(facts === undefined ? {} : { begins: iso(facts.begins), ends: iso(facts.ends) }),
      acme: {
        authority: site.name,
        issued: held !== undefined,
        ...(isOrdering ? { ordering: true } : { orderAt: iso(due) }),
        ...(failed === undefined
          ? {}
          : {
              failure: {
                at: iso(failed.at),
                attempts: failed.attempts,
                message: failed.message,
                retryAt: iso(failed.retryAt),
              },
            }),
      },
    };
  }

  /**
   * Orders the certificate of a site now, whatever its age and what failed before. Resolves when
   * the order has ended. Refuses with `not-found` and `agent.stopping`.
   */
  async renew(id: string): Promise<Result<SiteCertificate>> {
    const site = this.sites().find((each) => each.site === id);
    if (site === undefined)
      return refuse("not-found", `${quote(id)} has no certificate from an authority (\`tls.acme\`).`);
    await new Promise<void>((resolve) => {
      this.#asked.set(id, [...(this.#asked.get(id) ?? []), resolve]);
      this.#look();
    });
    if (this.#stop.signal.aborted) return refuse("agent.stopping", "The agent is stopping.");
    return done(await this.#describe(site));
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
      this.#forgetOthers();
      for (const site of this.sites()) await this.#makeReady(site);
      const next = this.#nextDue();
      if (next === undefined) continue;
      this.#isStale = true;
      await this.#order(next);
    }
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const sites = this.sites();
    if (this.#stop.signal.aborted || (sites.length === 0 && !this.#isStale)) return;
    const now = this.#parts.clock.now();
    const dues = sites.map((site) => orderAt(site, site.held, site.failed) - now).filter((delay) => delay > 0);
    const delay = this.#isStale ? 0 : Math.min(LOOK_INTERVAL_MS, ...dues);
    this.#timer = setTimeout(() => {
      this.#look();
    }, delay).unref();
  }

  /** Workers have a certificate for it that they can use, whoever has signed it. */
  async #makeReady({ site, names }: OrderedSite): Promise<void> {
    if (await this.#book.hasFile(site)) return;
    const keys = await makeKeyPair("ecdsa-p256");
    const own = selfSigned(names, "ecdsa-p256", keys, new Date(this.#parts.clock.now()));
    await this.#write(() => this.#book.saveFile(site, `${privatePem(keys)}${own}`));
    this.#parts.pool.broadcast({ type: "refresh-certificates" });
    this.#parts.log.info("using a self-signed certificate until one is issued", { site });
    this.#parts.events.publish({ type: "certificates-changed" });
  }

  #nextDue(): (OrderedSite & Known) | undefined {
    const sites = this.sites();
    const now = this.#parts.clock.now();
    return (
      sites.find(({ site }) => this.#asked.has(site)) ??
      sites.find((site) => orderAt(site, site.held, site.failed) <= now)
    );
  }

  async #order(site: OrderedSite & Known): Promise<void> {
    const { clock, events, log, pool } = this.#parts;
    const waiting = this.#asked.get(site.site) ?? [];
    this.#asked.delete(site.site);
    this.#ordering = site.site;
    const outcome = await this.#obtain(site).catch((failure: unknown) => unstored(failure));
    this.#ordering = undefined;
    // What it was interrupted in is begun anew by whoever serves next.
    if (!this.#stop.signal.aborted) {
      const now = clock.now();
      if (outcome.ok) {
        pool.broadcast({ type: "refresh-certificates" });
        log.info("certificate issued", { site: site.site, names: site.names.join(" "), authority: site.name });
      } else {
        const { message, retryAfterMs } = outcome;
        const failed = afterFailure(site, site.failed, { now, retryAfterMs, chance: Math.random() });
        await this.#write(() => this.#book.note({ ...this.#book.get(site.site), failed: { ...failed, message } }));
        log.warn("could not obtain a certificate", { site: site.site, authority: site.name, why: message });
      }
      events.publish({ type: "certificates-changed" });
    }
    for (const resolve of waiting) resolve();
  }

  /** @throws like `Folder.write` */
  async #obtain(ordered: OrderedSite & Known): Promise<ObtainOutcome> {
    const { site, name, directory, authority, held, failed } = ordered;
    const names = namesNow(ordered, held, failed, this.#parts.clock.now());
    const files = await readAuthority(authority);
    if (!files.ok) return { ok: false, message: files.message, retryAfterMs: undefined };
    const key = await this.#accounts.keyFor(name, files.accountKey, (store) => this.#write(store));
    const { signal } = this.#stop;
    const { keyType = "ecdsa-p256", email } = authority;
    const { ca, external } = files;
    const outcome = await obtainCertificate({ directory, names, keyType, email, ca, external, key, signal });
    if (!outcome.ok || signal.aborted) return outcome;
    const { validFrom, validTo } = new X509Certificate(outcome.pem.slice(outcome.pem.indexOf(CERTIFICATE)));
    const [begins, ends] = [Date.parse(validFrom), Date.parse(validTo)];
    await this.#write(() => {
      this.#book.saveFile(site, outcome.pem);
      const renewAt = renewalAt(begins, ends, Math.random());
      const isWhole = names.length === ordered.names.length;
      this.#book.note({ site, held: { directory, names, ends, renewAt }, failed: isWhole ? undefined : failed });
    });
    return outcome;
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
  #forgetOthers(): void {
    const wanted = new Set(this.sites().map(({ site }) => site));
    const now = this.#parts.clock.now();
    for (const { site, held } of this.#book.all())
      if (!wanted.has(site) && (held === undefined || held.ends < now)) this.#book.forget(site);
  }
}

function orderedSites({ virtualHosts, acme = {} }: Config): OrderedSite[] {
  return virtualHosts.flatMap(({ id, hosts, tls, disabled }) => {
    if (!isIssued(tls) || disabled === true) return [];
    const authority = ownValue(acme, tls.acme);
    if (authority === undefined) return [];
    const { directory = LETS_ENCRYPT } = authority;
    const names = namesToOrder(tls, hosts);
    return [{ site: id, name: tls.acme, isListed: tls.names !== undefined, authority, directory, names }];
  });
}

/** Undefined for nothing. */
function acmeProblem({ site, name, held, failed }: OrderedSite & Known, isOrdering: boolean): string | undefined {
  const meanwhile =
    held === undefined
      ? "Visitors get a self-signed one, and browsers warn"
      : `The present one ends on ${iso(held.ends).slice(0, 10)}`;
  if (failed !== undefined) {
    const tries = failed.attempts === 1 ? "" : ` (${String(failed.attempts)} attempts)`;
    return `The certificate of ${site} could not be obtained from ${name}${tries}: ${failed.message}. ${meanwhile}. Next attempt at ${iso(failed.retryAt)}; \`certificates renew ${site}\` tries at once.`;
  }
  return held === undefined
    ? `The certificate of ${site} ${isOrdering ? "is being" : "will be"} ordered from ${name}. ${meanwhile}.`
    : undefined;
}

function unstored(failure: unknown): ObtainOutcome {
  return { ok: false, message: `the certificate could not be stored: ${messageOf(failure)}`, retryAfterMs: undefined };
}

function iso(instant: number): string {
  return new Date(instant).toISOString();
}
