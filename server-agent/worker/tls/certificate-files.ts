/**
 * A certificate and its key as they are on disk, checked as far as one can without asking a
 * visitor. What is in a key never leaves this module but for OpenSSL: no message quotes it.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { type BigIntStats, readFileSync, statSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import type { CertificateFiles } from "../../contract/config.ts";
import { joinStamps, NO_STAMP, stampOf } from "./file-stamp.ts";

/** More is no certificate (bytes). */
const MAX_FILE_BYTES = 1024 * 1024;
/** Shorter keys of RSA are refused by OpenSSL, and by browsers. */
const MIN_RSA_BITS = 2048;

/** What is wrong with one of the two files; `message` is for whoever has to repair it. */
export interface CertificateFault {
  readonly field: keyof CertificateFiles;
  readonly code: string;
  readonly message: string;
}

interface LoadedCertificate {
  /** PEM, as in the files. */
  readonly certificate: string;
  readonly key: string;
  readonly leaf: X509Certificate;
}

type Outcome = { ok: true; loaded: LoadedCertificate } | { ok: false; fault: CertificateFault };

export type CertificateOutcome = Outcome & {
  /** Of both files, from before they were read: as `fileStamp` has it. */
  readonly stamp: string;
};

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** How the files are read. */
export interface Reading {
  stat(path: string): BigIntStats | Promise<BigIntStats>;
  /** One character per byte. */
  text(path: string): string | Promise<string>;
}

const WITH_OTHERS: Reading = {
  stat: (path) => stat(path, { bigint: true }),
  text: (path) => readFile(path, "latin1"),
};

/**
 * For who serves nobody meanwhile: a disk that hangs would hold up everything else, but of ten
 * thousand certificates it takes a fifth of the processor time.
 */
export const ALONE: Reading = {
  stat: (path) => statSync(path, { bigint: true }),
  text: (path) => readFileSync(path, "latin1"),
};

export async function loadCertificate(files: CertificateFiles, reading = WITH_OTHERS): Promise<CertificateOutcome> {
  const [certificate, key] = await Promise.all([
    readText(files, "certificate", reading),
    readText(files, "key", reading),
  ]);
  return { ...examine(files, certificate, key), stamp: joinStamps([certificate.stamp, key.stamp]) };
}

function examine(files: CertificateFiles, certificate: Text, key: Text): Outcome {
  if (!certificate.ok) return certificate;
  if (!key.ok) return key;
  const chain = parseChain(files, certificate.text);
  if (!Array.isArray(chain)) return { ok: false, fault: chain };
  const own = parseKey(files, key.text);
  if ("fault" in own) return { ok: false, fault: own.fault };
  const [leaf, ...others] = chain;
  if (leaf?.checkPrivateKey(own.key) !== true) {
    const isLater = others.some((other) => other.checkPrivateKey(own.key));
    return isLater
      ? faulty(
          "certificate",
          "order",
          `${files.certificate}: the site's own certificate must be the first one in the file`,
        )
      : faulty("key", "mismatch", `${files.key} is not the key of the certificate in ${files.certificate}`);
  }
  return { ok: true, loaded: { certificate: certificate.text, key: key.text, leaf } };
}

/** Why visitors' certificates cannot be checked by this file; undefined: they can. */
export async function authoritiesFault(ca: string): Promise<string | undefined> {
  const text = await readText({ certificate: ca, key: ca }, "certificate", WITH_OTHERS);
  if (!text.ok) return text.fault.message;
  const chain = parseChain({ certificate: ca, key: ca }, text.text);
  return Array.isArray(chain) ? undefined : chain.message;
}

type Text = ({ ok: true; text: string } | { ok: false; fault: CertificateFault }) & { readonly stamp: string };

async function readText(files: CertificateFiles, field: keyof CertificateFiles, reading: Reading): Promise<Text> {
  const path = files[field];
  let stamp = NO_STAMP;
  try {
    // Not by one descriptor: of ten thousand certificates, that takes a second more.
    const stats = await reading.stat(path);
    stamp = stampOf(stats);
    if (!stats.isFile()) return { ...faulty(field, "file", `${path} is not a file`), stamp };
    if (stats.size > MAX_FILE_BYTES) return { ...faulty(field, "file", `${path} is too large for a ${field}`), stamp };
    return { ok: true, text: await reading.text(path), stamp };
  } catch (failure) {
    const why = readFailure(failure as NodeJS.ErrnoException);
    return { ...faulty(field, "file", `${path} cannot be read: ${why}`), stamp };
  }
}

function readFailure({ code, message }: NodeJS.ErrnoException): string {
  if (code === "ENOENT") return "there is no such file";
  return code === "EACCES" ? "the agent's user may not read it" : message;
}

function parseChain(files: CertificateFiles, text: string): X509Certificate[] | CertificateFault {
  const path = files.certificate;
  const blocks = text.match(BLOCK);
  if (blocks === null)
    return fault("certificate", "format", `${path} has no certificate in PEM form (-----BEGIN CERTIFICATE-----)`);
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    return fault("certificate", "format", `${path} is damaged: OpenSSL cannot read a certificate in it`);
  }
}

function parseKey(files: CertificateFiles, text: string): { key: KeyObject } | { fault: CertificateFault } {
  const path = files.key;
  if (!text.includes("PRIVATE KEY-----"))
    return { fault: fault("key", "format", `${path} has no private key in PEM form (-----BEGIN PRIVATE KEY-----)`) };
  if (/BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: 4,ENCRYPTED/.test(text))
    return {
      fault: fault(
        "key",
        "encrypted",
        `${path} has a passphrase, which nobody could enter at a start; take it off: openssl pkey -in ${path} -out NEW`,
      ),
    };
  try {
    const key = createPrivateKey(text);
    const bits = key.asymmetricKeyDetails?.modulusLength;
    return bits !== undefined && bits < MIN_RSA_BITS
      ? { fault: fault("key", "weak", `${path} has ${String(bits)} bits, and browsers refuse fewer than 2048`) }
      : { key };
  } catch {
    // OpenSSL's message could quote what it read.
    return { fault: fault("key", "format", `${path} is damaged: OpenSSL cannot read the private key in it`) };
  }
}

function fault(field: keyof CertificateFiles, code: string, message: string): CertificateFault {
  return { field, code: `tls.${field}-${code}`, message };
}

function faulty(field: keyof CertificateFiles, code: string, message: string): { ok: false; fault: CertificateFault } {
  return { ok: false, fault: fault(field, code, message) };
}
