import type { Listener } from "../../../contract/config.ts";
import type { Rule } from "../../../contract/rules/rule.ts";
import type { Draft } from "./draft.ts";
import { CLOSED } from "./finish.ts";
import type { Entry } from "./report.ts";

export interface WantedCertificates {
  /** Listeners with TLS on which visitors come to the site. */
  readonly listeners: readonly Listener[];
  /** File of the CA, as it is written. */
  readonly ca: string;
  readonly isRequired: boolean;
  /** The directive that asks for certificates, and what goes with it. */
  readonly entry: Entry | undefined;
  readonly others: readonly (Entry | undefined)[];
}

/**
 * Certificates are asked for by listeners here, and required by a rule of the site: the first rule.
 * A listener can ask for those of one CA only, so a site that wants another one is closed.
 */
export function clientCertificateRules(draft: Draft, wanted: WantedCertificates): Rule[] {
  const { listeners, ca, isRequired, entry, others } = wanted;
  const entries = entry === undefined ? [] : [entry];
  const canAsk =
    ca.startsWith("/") && listeners.every(({ tls }) => typeof tls !== "object" || tls.clientCertificates?.ca === ca);
  if (!canAsk) {
    entry?.closed("answered with 403: a listener can ask for certificates of one CA only, named by its absolute path");
    return [draft.rule(entries, undefined, { handler: CLOSED })];
  }
  for (const listener of listeners) listener.tls = { clientCertificates: { ca } };
  for (const each of [entry, ...others]) each?.carried("`clientCertificates` of the listener, and a rule");
  if (!isRequired) return [];
  const when = { all: [{ tls: true }, { not: { clientCertificate: true as const } }] };
  return [draft.rule(entries, when, { handler: CLOSED })];
}
