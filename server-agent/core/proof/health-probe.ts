/**
 * Whether a closed site is well: the request that asks its original through the agent, and what an
 * answer to it means.
 */
import type { BoundListener } from "../../contract/agent.ts";
import type { Config } from "../../contract/config.ts";
import { WITHIN_HEADER } from "./headers.ts";
import { reachable } from "./listener-proof.ts";
import type { Observed, Probe } from "./proof-cell.ts";
import { SAMPLE_NAME, sampleHost } from "./proof-samples.ts";

export type HealthProbe = Pick<Probe, "address" | "port" | "method" | "target" | "headers">;

/** @returns the request, or why there is none */
export function healthProbe(
  config: Config,
  listeners: readonly BoundListener[],
  site: string,
  path = "/",
): HealthProbe | { cannot: string } {
  const original = config.virtualHosts.find(({ id }) => id === site);
  if (original === undefined || original.disabled === true)
    return { cannot: `${site} is no enabled virtual host any more` };
  const [listener] = listeners;
  if (listener === undefined) return { cannot: "the agent listens nowhere" };
  const host = original.hosts.map(sampleHost).find((name) => name !== undefined) ?? `${SAMPLE_NAME}.invalid`;
  const headers = { host, accept: "*/*", "user-agent": "Backsoon-Health", [WITHIN_HEADER]: site };
  return { address: reachable(listener.address), port: listener.port, method: "GET", target: path, headers };
}

/** Why the site is not well; `undefined` when it is: it answers with 2xx or 3xx. */
export function unhealthy(site: string, path: string, observed: Observed): string | undefined {
  if ("error" in observed) return `${site} does not answer at ${path}: ${observed.error}`;
  if (observed.answeredBy?.split(";")[0] !== site) return `${site} was not reached at ${path}`;
  return observed.status >= 200 && observed.status < 400 ? undefined : `${site} answers ${observed.status} at ${path}`;
}
