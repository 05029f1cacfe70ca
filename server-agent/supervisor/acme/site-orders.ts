/** The order of one site: what the authority issues is stored, and workers are told. */
import { X509Certificate } from "node:crypto";
import { obtainCertificate, type ObtainOutcome, type OrderOptions } from "../../acme/obtain-certificate.ts";
import type { WorkerPool } from "../../adapters/builtin/worker-pool.ts";
import { isSame, namesNow, renewalAt, type WantedCertificate } from "../../core/acme/order-time.ts";
import { messageOf } from "../../log.ts";
import { readAuthority } from "../certificates/authority-files.ts";
import type { Clock } from "../clock.ts";
import type { Accounts } from "./accounts.ts";
import type { CertificateBook } from "./certificate-book.ts";
import type { OrderedSite } from "./ordered-sites.ts";

interface SiteOrdersParts {
  book: CertificateBook;
  accounts: Accounts;
  pool: Pick<WorkerPool, "refreshCertificates" | "useChallenge">;
  clock: Clock;
  /** Lets store. @throws like `Folder.write`, and when the agent is stopping */
  write: (act: () => void) => Promise<void>;
}

const CERTIFICATE = "-----BEGIN CERTIFICATE-----";

export class SiteOrders {
  readonly #parts: SiteOrdersParts;
  /** Issued, and not stored: the authority is not asked for the same again. By site. */
  readonly #unstored = new Map<string, WantedCertificate & { readonly pem: string }>();

  constructor(parts: SiteOrdersParts) {
    this.#parts = parts;
  }

  async obtain(ordered: OrderedSite, signal: AbortSignal): Promise<ObtainOutcome> {
    try {
      return await this.#obtain(ordered, signal);
    } catch (failure) {
      return refused(`the certificate could not be stored: ${messageOf(failure)}`);
    }
  }

  /** @throws like `write` */
  async #obtain(ordered: OrderedSite, signal: AbortSignal): Promise<ObtainOutcome> {
    const { site, name, directory, authority, held, failed } = ordered;
    const { accounts, clock, pool, write } = this.#parts;
    const names = namesNow(ordered, held, failed, clock.now());
    const files = await readAuthority(authority);
    if (!files.ok) return refused(files.message);
    const key = await accounts.keyFor(name, files.accountKey, write);
    const { keyType = "ecdsa-p256", email, challenge = "http-01" } = authority;
    const proveByTls: OrderOptions["proveByTls"] = (proof) => pool.useChallenge(proof);
    const { ca, external } = files;
    const kept = this.#unstored.get(site);
    const outcome =
      kept !== undefined && isSame(kept, { directory, names })
        ? { ok: true as const, pem: kept.pem }
        : await obtainCertificate({
            ...{ directory, names, keyType, email, ca, external, key, signal },
            ...{ challenge, proveByTls },
          });
    if (!outcome.ok || signal.aborted) return outcome;
    this.#unstored.set(site, { directory, names, pem: outcome.pem });
    return (await this.#store(ordered, names, outcome.pem)) ?? outcome;
  }

  /** Why it is of no use; undefined: it is. @throws like `write` */
  async #store(ordered: OrderedSite, names: readonly string[], pem: string): Promise<ObtainOutcome | undefined> {
    const { site, directory, failed } = ordered;
    const { book, clock, pool, write } = this.#parts;
    const { validFrom, validTo } = new X509Certificate(pem.slice(pem.indexOf(CERTIFICATE)));
    const [begins, ends] = [Date.parse(validFrom), Date.parse(validTo)];
    const renewAt = renewalAt(begins, ends, Math.random());
    await write(() => {
      book.saveFile(site, pem);
    });
    // It is said to be there when visitors get it. If the agent ends before, it orders anew.
    await pool.refreshCertificates();
    await write(() => {
      const isWhole = names.length === ordered.names.length;
      book.note({ site, held: { directory, names, ends, renewAt }, failed: isWhole ? undefined : failed });
    });
    this.#unstored.delete(site);
    // The next one would be as old: it is not ordered at once, and again and again.
    return renewAt > clock.now()
      ? undefined
      : refused(
          `the one that was issued (from ${validFrom} to ${validTo}) is to be renewed already by the clock of this server; check that clock`,
        );
  }
}

function refused(message: string): ObtainOutcome {
  return { ok: false, message, retryAfterMs: undefined };
}
