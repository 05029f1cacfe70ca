/** What the supervisor knows of a certificate: never its key, and nothing that is large. */
import type { CertificateFiles } from "../../contract/config.ts";
import type { SiteCertificate } from "../../contract/tls/acme.ts";
import { coversHost, issuerName, namesIn } from "../../core/tls/certificate-names.ts";
import { quote } from "../../core/wording.ts";
import { type CertificateFault, loadCertificate, type Reading } from "../../worker/tls/certificate-files.ts";
import { fileStamp } from "../../worker/tls/file-stamp.ts";

export interface CertificateFacts {
  /** Of the files as they were read. */
  readonly stamp: string;
  /** Why they cannot be used. */
  readonly fault: CertificateFault | undefined;
  /** Epoch milliseconds; 0 with a fault. */
  readonly begins: number;
  readonly ends: number;
  readonly names: readonly string[];
  /** Who has signed it; empty with a fault. */
  readonly issuer: string;
}

/** What was read a moment ago, by `certificateKey`: nobody reads ten thousand files twice. */
export type CertificateReadings = Map<string, Promise<CertificateFacts>>;

/** A part of the life of a certificate: with less left, somebody has to know. */
const LAST_SHARE = 0.1;

/** What both files are together, by which a certificate is known. */
export function certificateKey({ certificate, key }: CertificateFiles): string {
  return `${certificate}\0${key}`;
}

export function stampOf({ certificate, key }: CertificateFiles): Promise<string> {
  return fileStamp([certificate, key]);
}

export async function readFacts(files: CertificateFiles, reading?: Reading): Promise<CertificateFacts> {
  const outcome = await loadCertificate(files, reading);
  const { stamp } = outcome;
  if (!outcome.ok) return { stamp, fault: outcome.fault, begins: 0, ends: 0, names: [], issuer: "" };
  const { validFrom, validTo, subjectAltName = "", issuer } = outcome.loaded.leaf;
  const [begins, ends] = [Date.parse(validFrom), Date.parse(validTo)];
  return { stamp, fault: undefined, begins, ends, names: namesIn(subjectAltName), issuer: issuerName(issuer) };
}

/** What is said of one that can be read. */
export function lifeOf({
  begins,
  ends,
  issuer,
}: CertificateFacts): Pick<SiteCertificate, "begins" | "ends" | "issuer"> {
  return { begins: new Date(begins).toISOString(), ends: new Date(ends).toISOString(), issuer };
}

/** What visitors will be told by their browsers; a sentence each, without a dot. */
export function warningsOf({ fault, begins, ends, names }: CertificateFacts, hosts: readonly string[], now: number) {
  if (fault !== undefined) return [];
  const uncovered = hosts.filter((host) => coversHost(names, host) === false);
  return [
    ...(now > ends ? [{ code: "tls.expired", message: `the certificate ended on ${day(ends)}; renew it` }] : []),
    ...(now < begins ? [{ code: "tls.not-yet", message: `the certificate is not valid before ${day(begins)}` }] : []),
    ...uncovered.map((host) => ({
      code: "tls.not-covered",
      message: `the certificate is not for ${quote(host)}; browsers warn there. It is for ${names.slice(0, 5).map(quote).join(", ") || "no name"}`,
    })),
  ];
}

/** What whoever looks after the agent has to know of it now, a sentence; undefined for nothing. */
export function problemOf(
  site: string,
  files: CertificateFiles,
  facts: CertificateFacts,
  now: number,
): string | undefined {
  const { fault, begins, ends } = facts;
  if (fault !== undefined)
    return `The certificate of ${site} on disk is unusable: ${fault.message}. Workers keep using the previous one.`;
  if (now > ends)
    return `The certificate of ${site} (${files.certificate}) expired on ${day(ends)}; browsers show a warning.`;
  return ends - now < (ends - begins) * LAST_SHARE
    ? `The certificate of ${site} (${files.certificate}) expires on ${day(ends)}, and has not been renewed.`
    : undefined;
}

function day(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}
