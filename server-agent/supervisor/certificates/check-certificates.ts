/** Whether a document can serve with the certificates that it names. */
import { isDeepStrictEqual } from "node:util";
import type { CertificateFiles, Config, VirtualHost } from "../../contract/config.ts";
import type { Problem } from "../../contract/errors.ts";
import { isIssued } from "../../core/acme/acme-names.ts";
import { unshared } from "../../core/config/in-common.ts";
import { childPointer } from "../../core/json-pointer.ts";
import { ownValue } from "../../core/own-value.ts";
import { ALONE, authoritiesFault } from "../../worker/tls/certificate-files.ts";
import { checkUpstreamTls } from "./check-upstream-tls.ts";
import { readAuthority } from "./authority-files.ts";
import { certificateKey, type CertificateReadings, readFacts, warningsOf } from "./certificate-facts.ts";

export interface CertificateFindings {
  /** What cannot be used, with its field. */
  problems: Problem[];
  /** What can, but visitors will not like it. */
  warnings: Problem[];
}

export interface NamedCertificate {
  /** Of the virtual host. */
  readonly id: string;
  readonly hosts: readonly string[];
  readonly files: CertificateFiles;
  /** Of the virtual host in its document. */
  readonly path: string;
}

/** So many are read at a time: visitors are served beside. */
const MAX_CONCURRENT_READS = 4;

/**
 * Reads what this document names and the active one does not. What serves already keeps no other
 * document from serving: a site must be closed also while its certificate is broken.
 *
 * @param active The document that serves, if one does.
 * @param now Epoch milliseconds.
 * @param readings Gets what was read.
 */
export async function checkCertificates(
  config: Config,
  active: Config | undefined,
  now: number,
  readings: CertificateReadings = new Map(),
): Promise<CertificateFindings> {
  const findings: CertificateFindings = { problems: [], warnings: [] };
  const fresh = freshIn(config, active);
  await eachOf(fresh, async ({ files, hosts, path }) => {
    const key = certificateKey(files);
    const read = readings.get(key) ?? readFacts(files, active === undefined ? ALONE : undefined);
    readings.set(key, read);
    const facts = await read;
    if (facts.fault !== undefined) {
      const { field, code, message } = facts.fault;
      findings.problems.push({ path: `${path}/tls/${field}`, code, message });
      return;
    }
    for (const warning of warningsOf(facts, hosts, now))
      findings.warnings.push({ path: `${path}/tls/certificate`, ...warning });
  });
  for (const [index, { tls }] of config.listeners.entries()) {
    const ca = typeof tls === "object" ? tls.clientCertificates?.ca : undefined;
    if (ca === undefined || active?.listeners.some((other) => isDeepStrictEqual(other.tls, tls)) === true) continue;
    const message = await authoritiesFault(ca);
    if (message !== undefined)
      findings.problems.push({
        path: `/listeners/${String(index)}/tls/clientCertificates/ca`,
        code: "tls.ca",
        message,
      });
  }
  findings.warnings.push(...unreachable(config, active));
  for (const [name, authority] of Object.entries(config.acme ?? {})) {
    if (isDeepStrictEqual(active?.acme?.[name], authority)) continue;
    const read = await readAuthority(authority);
    if (!read.ok)
      findings.problems.push({
        path: `${childPointer("/acme", name)}/${read.field}`,
        code: "acme.file",
        message: read.message,
      });
  }
  const upstreams = await checkUpstreamTls(config, active);
  return {
    problems: [...findings.problems, ...upstreams.problems],
    warnings: [...findings.warnings, ...upstreams.warnings],
  };
}

/** The operator's own; what the agent obtains is looked after where it is ordered. */
export function certificatesIn({ virtualHosts }: Config): NamedCertificate[] {
  return namedBy([...virtualHosts.entries()]);
}

/** @param virtualHosts Each with its index in the document. */
function namedBy(virtualHosts: readonly (readonly [index: number, virtualHost: VirtualHost])[]): NamedCertificate[] {
  return virtualHosts.flatMap(([index, { id, hosts, tls }]) =>
    tls === undefined || isIssued(tls) ? [] : [{ id, hosts, files: tls, path: `/virtualHosts/${String(index)}` }],
  );
}

/** Said where authorities are named anew, of the first site for which each kind finds nobody. */
function unreachable({ listeners, virtualHosts, acme = {} }: Config, active: Config | undefined): Problem[] {
  if (isDeepStrictEqual(acme, active?.acme)) return [];
  const own = listeners.filter(({ foreign }) => foreign === undefined);
  const isPlain = own.map(({ tls }) => tls === undefined || tls === false);
  return UNREACHABLE.flatMap(({ challenge, needsPlain, code, message }) => {
    const index = virtualHosts.findIndex(
      ({ tls }) => isIssued(tls) && (ownValue(acme, tls.acme)?.challenge ?? "http-01") === challenge,
    );
    return index < 0 || isPlain.includes(needsPlain)
      ? []
      : [{ path: `/virtualHosts/${String(index)}/tls/acme`, code, message }];
  });
}

const UNREACHABLE = [
  // Authorities follow a redirect.
  {
    challenge: "http-01",
    needsPlain: true,
    code: "acme.no-http",
    message:
      "no listener speaks plain HTTP, but the authority connects to port 80 (HTTP-01); add one, redirect port 80 to HTTPS in front of the agent, or choose TLS-ALPN-01 (`challenge`)",
  },
  {
    challenge: "tls-alpn-01",
    needsPlain: false,
    code: "acme.no-tls",
    message: "no listener speaks TLS, but the authority connects to port 443 (TLS-ALPN-01); add one",
  },
] as const;

/** A few at a time. */
export async function eachOf<T>(all: readonly T[], act: (one: T) => Promise<void>): Promise<void> {
  const left = all.values();
  await Promise.all(
    Array.from({ length: MAX_CONCURRENT_READS }, async () => {
      for (const one of left) await act(one);
    }),
  );
}

/**
 * Most switches change one virtual host of many, and have the others as the very objects that
 * serve.
 */
function freshIn(config: Config, active: Config | undefined): NamedCertificate[] {
  const changed = namedBy(unshared(active?.virtualHosts ?? [], config.virtualHosts));
  if (changed.length === 0 || active === undefined) return changed;
  const serving = new Set(certificatesIn(active).map(({ files }) => certificateKey(files)));
  return changed.filter(({ files }) => !serving.has(certificateKey(files)));
}
