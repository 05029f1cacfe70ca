/**
 * Looks again and again at the certificates that serve. What visitors get is the workers' business,
 * who read the files by themselves; here it is seen what is wrong with them.
 */
import { dirname } from "node:path";
import type { SiteCertificate } from "../../contract/tls/acme.ts";
import type { CertificateFiles, Config, VirtualHost } from "../../contract/config.ts";
import { fewOf } from "../../core/wording.ts";
import type { Log } from "../../log.ts";
import type { WorkerPool } from "../../adapters/builtin/worker-pool.ts";
import type { Clock } from "../clock.ts";
import type { EventBus } from "../event-bus.ts";
import {
  type CertificateFacts,
  certificateKey,
  type CertificateReadings,
  lifeOf,
  problemOf,
  readFacts,
  stampOf,
} from "./certificate-facts.ts";
import { certificatesIn, eachOf, type NamedCertificate } from "./check-certificates.ts";
import { WatchedFolders } from "./watched-folders.ts";

export interface CertificateWatchParts {
  pool: Pick<WorkerPool, "refreshCertificates">;
  config: () => Config;
  events: EventBus;
  clock: Clock;
  log: Log;
}

/** How often the files are looked at (ms). */
const LOOK_INTERVAL_MS = 30_000;

export class CertificateWatch {
  readonly #parts: CertificateWatchParts;
  readonly #known = new Map<string, CertificateFacts>();
  readonly #readings: CertificateReadings;
  /** A switch has most of them as the very objects of before. */
  readonly #seen = new WeakSet<VirtualHost>();
  #problems: readonly string[] = [];
  readonly #folders = new WatchedFolders(() => void this.#look(true));
  #timer: NodeJS.Timeout | undefined = undefined;
  #isClosed = false;
  #isLooking = false;
  /** What is to be looked at next: all of them, or only what is new. */
  #waiting: boolean | undefined = undefined;

  /** @param readings What the start has read; given up with the first look. */
  constructor(parts: CertificateWatchParts, readings: CertificateReadings) {
    this.#parts = parts;
    this.#readings = readings;
  }

  /** What an operator has to know of certificates in use; each a sentence. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** Those of the operator's own files, as they were seen last. */
  list(): SiteCertificate[] {
    return certificatesIn(this.#parts.config()).flatMap(({ id, files }) => {
      const facts = this.#known.get(certificateKey(files));
      if (facts === undefined) return [];
      return [{ site: id, names: [...facts.names], ...(facts.fault === undefined ? lifeOf(facts) : {}) }];
    });
  }

  /** Looks at all of them from now on. */
  begin(): void {
    this.#parts.events.on("switched", ({ config }) => {
      const isNew = config.virtualHosts.some((one) => one.tls !== undefined && !this.#seen.has(one));
      if (isNew) void this.#look(false);
    });
    void this.#lookAgain();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#folders.close();
  }

  /**
   * Looks at what has changed on disk; workers are told, who then read it at once.
   *
   * @param isWhole False: only at those that are not known yet, as a switch touches no other.
   */
  async #look(isWhole: boolean): Promise<void> {
    this.#waiting = isWhole || this.#waiting === true;
    if (this.#isLooking || this.#isClosed) return;
    this.#isLooking = true;
    try {
      while (this.#waiting !== undefined) {
        const whole = this.#waiting;
        this.#waiting = undefined;
        await this.#lookOnce(whole);
      }
    } finally {
      this.#isLooking = false;
    }
  }

  async #lookOnce(isWhole: boolean): Promise<void> {
    const named = new Map<string, NamedCertificate>();
    const config = this.#parts.config();
    for (const virtualHost of config.virtualHosts) this.#seen.add(virtualHost);
    for (const one of certificatesIn(config)) {
      const key = certificateKey(one.files);
      if (!named.has(key)) named.set(key, one);
    }
    const all = [...named.values()];
    // Before they are read: what changes afterwards is told.
    this.#folders.use(new Set(all.flatMap(({ files }) => [dirname(files.certificate), dirname(files.key)])));
    const changed: string[] = [];
    await eachOf([...named], async ([key, { files }]) => {
      const before = this.#known.get(key);
      if (before !== undefined && (!isWhole || before.stamp === (await stampOf(files)))) return;
      this.#known.set(key, (await this.#fromStart(key, files)) ?? (await readFacts(files)));
      // Also one that is new here: workers may have read it earlier, as it was then.
      changed.push(key);
    });
    this.#readings.clear();
    if (this.#isClosed) return;
    for (const key of this.#known.keys()) if (!named.has(key)) this.#known.delete(key);
    if (changed.length > 0) await this.#parts.pool.refreshCertificates();
    this.#tell(all);
  }

  /** What the start has read, if the files are still the same. */
  async #fromStart(key: string, files: CertificateFiles): Promise<CertificateFacts | undefined> {
    const read = await this.#readings.get(key);
    if (read === undefined) return undefined;
    return read.stamp === (await stampOf(files)) ? read : undefined;
  }

  async #lookAgain(): Promise<void> {
    await this.#look(true);
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.#lookAgain(), LOOK_INTERVAL_MS).unref();
  }

  #tell(named: readonly NamedCertificate[]): void {
    const now = this.#parts.clock.now();
    const all = named.flatMap(({ id, files }) => {
      const facts = this.#known.get(certificateKey(files));
      return facts === undefined ? [] : (problemOf(id, files, facts, now) ?? []);
    });
    const problems = fewOf(all, (count) => `${String(count)} more certificates have problems.`);
    const fresh = problems.filter((problem) => !this.#problems.includes(problem));
    const isSame = fresh.length === 0 && problems.length === this.#problems.length;
    this.#problems = problems;
    for (const problem of fresh) this.#parts.log.warn("certificate", { problem });
    if (!isSame) this.#parts.events.publish({ type: "certificates-changed" });
  }
}
