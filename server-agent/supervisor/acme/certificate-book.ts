/**
 * What is known of certificates that the agent obtains, in memory and on disk. What cannot be
 * stored is kept in memory, so that an authority is not asked again for that.
 */
import { join } from "node:path";
import type { FailedOrders, HeldCertificate } from "../../core/acme/order-time.ts";
import { certificateName } from "../../core/tls/site-certificate.ts";
import { type Log, messageOf } from "../../log.ts";
import type { StateDirectory } from "../../store/state-directory.ts";
import type { StoredValue } from "../../store/stored-kinds.ts";
import { type CertificateFacts, readFacts } from "../certificates/certificate-facts.ts";

type StoredCertificate = StoredValue<"certificates">;

/** Epoch milliseconds in place of what is stored. */
export interface Known {
  readonly site: string;
  readonly held: HeldCertificate | undefined;
  readonly failed: (FailedOrders & { readonly message: string }) | undefined;
  /** An order is in progress; of what was found at a start: it was cut with the agent before. */
  readonly isBegun?: boolean;
}

export interface CertificateBookParts {
  state: Pick<StateDirectory, "save" | "remove" | "saveCertificate" | "removeCertificate" | "certificateFolder">;
  log: Log;
}

export class CertificateBook {
  readonly #parts: CertificateBookParts;
  readonly #known = new Map<string, Known>();
  /** What their files were seen to say, or say since they were written. */
  readonly #facts = new Map<string, CertificateFacts>();

  constructor(parts: CertificateBookParts, found: readonly StoredCertificate[]) {
    this.#parts = parts;
    for (const stored of found) this.#known.set(stored.id, knownOf(stored));
  }

  get(site: string): Known {
    return this.#known.get(site) ?? { site, held: undefined, failed: undefined };
  }

  all(): Known[] {
    return [...this.#known.values()];
  }

  /** What the file of the site says: issued, or signed by the agent itself. Undefined: unusable. */
  async read(site: string): Promise<CertificateFacts | undefined> {
    const known = this.#facts.get(site);
    if (known !== undefined) return known;
    const file = join(this.#parts.state.certificateFolder, certificateName(site));
    const facts = await readFacts({ certificate: file, key: file });
    if (facts.fault !== undefined) return undefined;
    this.#facts.set(site, facts);
    return facts;
  }

  /** @throws like `Folder.write` */
  saveFile(site: string, pem: string): void {
    this.#parts.state.saveCertificate(certificateName(site), pem);
    this.#facts.delete(site);
  }

  note(known: Known): void {
    this.#known.set(known.site, known);
    this.#try(() => {
      this.#parts.state.save("certificates", storedOf(known));
    });
  }

  /** Of a site that has no certificate from an authority any more. */
  forget(site: string): void {
    this.#known.delete(site);
    this.#facts.delete(site);
    this.#try(() => {
      this.#parts.state.remove("certificates", site);
      this.#parts.state.removeCertificate(certificateName(site));
    });
  }

  #try(act: () => void): void {
    try {
      act();
    } catch (failure) {
      this.#parts.log.warn("could not store what is known of a certificate", { why: messageOf(failure) });
    }
  }
}

function knownOf({ id, issued, failed, ordering }: StoredCertificate): Known {
  return {
    site: id,
    isBegun: ordering === true,
    held:
      issued === undefined
        ? undefined
        : { ...issued, ends: Date.parse(issued.ends), renewAt: Date.parse(issued.renewAt) },
    failed:
      failed === undefined
        ? undefined
        : {
            ...failed,
            since: Date.parse(failed.since),
            at: Date.parse(failed.at),
            retryAt: Date.parse(failed.retryAt),
          },
  };
}

function storedOf({ site, held, failed, isBegun }: Known): StoredCertificate {
  return {
    id: site,
    ...(isBegun === true ? { ordering: true } : {}),
    ...(held === undefined
      ? {}
      : {
          issued: {
            directory: held.directory,
            names: [...held.names],
            ends: iso(held.ends),
            renewAt: iso(held.renewAt),
          },
        }),
    ...(failed === undefined
      ? {}
      : {
          failed: {
            wanted: { directory: failed.wanted.directory, names: [...failed.wanted.names] },
            since: iso(failed.since),
            at: iso(failed.at),
            attempts: failed.attempts,
            retryAt: iso(failed.retryAt),
            message: failed.message,
          },
        }),
  };
}

function iso(instant: number): string {
  return new Date(instant).toISOString();
}
