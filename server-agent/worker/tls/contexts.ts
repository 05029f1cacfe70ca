/**
 * Certificates in the form in which OpenSSL uses them, made when somebody asks for them, and a
 * bounded number at a time: an agent with 10,000 sites starts without having read one.
 *
 * A file that has changed is read again. What cannot be used then is told, and what was used
 * before is used on.
 */
import { readFile } from "node:fs/promises";
import type { SecureContext, SecureContextOptions } from "node:tls";
import { LRUCache } from "lru-cache";
import type { CertificateFiles } from "../../contract/config.ts";
import { type Log, messageOf } from "../../log.ts";
import { loadCertificate } from "./certificate-files.ts";
import { fileStamp } from "./file-stamp.ts";
import { secureOptions } from "./secure-options.ts";

/** About 20 kB each. */
const MAX_CONTEXTS = 500;
/** How often files in use are looked at (ms). */
const LOOK_INTERVAL_MS = 30_000;

/** What a listener adds to every certificate. */
export interface ContextOptions {
  /** By which contexts of one kind are told from others. */
  readonly id: string;
  readonly minVersion: "TLSv1.2" | "TLSv1.3" | undefined;
  /** PEM file, of who signs certificates of visitors. */
  readonly ca: string | undefined;
}

/** A certificate with its key, and what is agreed beside. */
export interface UsableCertificate {
  readonly context: SecureContext;
  /** What the context was made of, with the key: for nobody but OpenSSL. */
  readonly made: SecureContextOptions;
}

interface Entry extends UsableCertificate {
  readonly files: CertificateFiles;
  readonly options: ContextOptions;
  /** Of the files as they were read. */
  readonly stamp: string;
  /** Of the files that could not be used since. */
  refused: string | undefined;
}

export class Contexts {
  readonly #log: Log;
  readonly #entries: LRUCache<string, Entry>;
  /** Those whose files cannot be used any more: given up, they would be lost. */
  readonly #kept = new Map<string, Entry>();
  readonly #loading = new Map<string, Promise<UsableCertificate | undefined>>();
  /** Of files that were never usable: the stamp of which it was told. */
  readonly #told = new Map<string, string>();
  #isLooking = false;
  /** Called when a certificate has been replaced. */
  replaced: () => void = () => undefined;

  constructor(log: Log) {
    this.#log = log;
    this.#entries = new LRUCache<string, Entry>({
      max: MAX_CONTEXTS,
      dispose: (entry, key, reason) => {
        if (reason === "evict" && entry.refused !== undefined) this.#kept.set(key, entry);
      },
    });
  }

  /** Undefined when the files cannot be used, which is logged. */
  get(files: CertificateFiles, options: ContextOptions): Promise<UsableCertificate | undefined> | UsableCertificate {
    const key = keyOf(files, options);
    const known = this.#entries.get(key) ?? this.#kept.get(key);
    if (known !== undefined) return known;
    let loading = this.#loading.get(key);
    if (loading === undefined) {
      loading = this.#load(key, files, options).finally(() => this.#loading.delete(key));
      this.#loading.set(key, loading);
    }
    return loading;
  }

  /** Reads again what has changed on disk. Resolves when that is in use. */
  async refresh(): Promise<void> {
    // They may have been read before the change.
    await Promise.allSettled(this.#loading.values());
    const entries = [...this.#entries.entries(), ...this.#kept.entries()];
    for (const [key, entry] of entries) {
      const stamp = await stampOf(entry.files, entry.options);
      if (stamp !== entry.stamp && stamp !== entry.refused) await this.#reload(key, entry, stamp);
    }
  }

  async #load(key: string, files: CertificateFiles, options: ContextOptions): Promise<UsableCertificate | undefined> {
    const stamp = await stampOf(files, options);
    const usable = await makeUsable(files, options);
    if (typeof usable === "string") {
      if (this.#told.get(key) !== stamp) this.#log.error("unusable certificate", { why: usable });
      this.#told.set(key, stamp);
      return undefined;
    }
    this.#told.delete(key);
    this.#entries.set(key, { ...usable, files, options, stamp, refused: undefined });
    this.#lookNowAndThen();
    return usable;
  }

  #lookNowAndThen(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    setInterval(() => void this.refresh(), LOOK_INTERVAL_MS).unref();
  }

  async #reload(key: string, entry: Entry, stamp: string): Promise<void> {
    const usable = await makeUsable(entry.files, entry.options);
    const { certificate } = entry.files;
    if (typeof usable === "string") {
      entry.refused = stamp;
      this.#log.error("new certificate is unusable; still using the previous one", { certificate, why: usable });
      return;
    }
    this.#kept.delete(key);
    this.#entries.set(key, { ...entry, ...usable, stamp, refused: undefined });
    this.#log.info("new certificate in use", { certificate });
    this.replaced();
  }
}

function keyOf({ certificate, key }: CertificateFiles, { id }: ContextOptions): string {
  return `${id}\0${certificate}\0${key}`;
}

function stampOf({ certificate, key }: CertificateFiles, { ca }: ContextOptions): Promise<string> {
  return fileStamp(ca === undefined ? [certificate, key] : [certificate, key, ca]);
}

/** Or why not, a sentence. */
async function makeUsable(
  files: CertificateFiles,
  { minVersion, ca }: ContextOptions,
): Promise<UsableCertificate | string> {
  const outcome = await loadCertificate(files);
  if (!outcome.ok) return outcome.fault.message;
  const { certificate, key } = outcome.loaded;
  try {
    const made = {
      ...secureOptions(minVersion),
      cert: certificate,
      key,
      // Without a list, the authorities of the web are read: megabytes that nobody needs here.
      ca: ca === undefined ? [] : await readFile(ca, "latin1"),
    };
    return { made, context: process.getBuiltinModule("node:tls").createSecureContext(made) };
  } catch (failure) {
    return `OpenSSL refuses ${files.certificate} with ${files.key}: ${messageOf(failure)}`;
  }
}
