/**
 * Whether a closed site is well: the request that asks its original through the agent, and what an
 * answer to it means.
 */
import type { Config } from "../../contract/config.ts";
import { compileAddressSet } from "../routing/address-set.ts";
import { SITE_HEADER, WITHIN_HEADER } from "./headers.ts";
import { entryFor, type ProofListener } from "./entry.ts";
import { isReachable } from "./listener-proof.ts";
import type { Observed, Probe } from "./proof-cell.ts";
import { SAMPLE_NAME, sampleHost } from "./proof-samples.ts";

export type HealthProbe = Pick<
  Probe,
  "address" | "port" | "tls" | "proxyProtocol" | "foreign" | "version" | "method" | "target" | "headers"
>;

/** @returns the request, or why there is none */
export function healthProbe(
  config: Config,
  listeners: readonly ProofListener[],
  site: string,
  path = "/",
): HealthProbe | { cannot: string } {
  const original = config.virtualHosts.find(({ id }) => id === site);
  if (original === undefined || original.disabled === true)
    return { cannot: `${site} is no enabled virtual host any more` };
  const named = original.hosts.map(sampleHost).filter((name) => name !== undefined);
  const hosts = named.length === 0 ? [`${SAMPLE_NAME}.invalid`] : named;
  const reached = listeners.filter((one) => isReachable(config, site, one));
  if (reached.length === 0) return { cannot: `${site} is not reachable on any listener` };
  const trusted = compileAddressSet(config.trustedProxies ?? [], "", []);
  const entries = reached.flatMap((one) => hosts.map((host) => ({ host, entry: entryFor(one, host, trusted) })));
  for (const { host, entry } of entries) {
    if ("skip" in entry) continue;
    const headers = { host, accept: "*/*", "user-agent": "Backsoon-Health", [WITHIN_HEADER]: site };
    return { ...entry, method: "GET", target: path, headers };
  }
  return { cannot: `${site} cannot be asked on any listener` };
}

/** Why the site is not well; `undefined` when it is: it answers with 2xx or 3xx. */
export function unhealthy(
  site: string,
  path: string,
  observed: Observed,
  foreign: string | undefined,
): string | undefined {
  if ("error" in observed) return `${site} does not answer at ${path}: ${observed.error}`;
  // A web server marks what the agent has answered, and nothing of its own.
  const mark = observed.answeredBy?.split(";")[0] ?? observed.headers[SITE_HEADER];
  if (mark !== (foreign === undefined ? site : undefined)) return `${site} was not reached at ${path}`;
  return observed.status >= 200 && observed.status < 400 ? undefined : `${site} answers ${observed.status} at ${path}`;
}
