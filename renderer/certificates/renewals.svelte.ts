/** Certificates that are ordered from here, whichever screen is shown meanwhile. */
import { SvelteMap } from "svelte/reactivity";
import type { SiteCertificate } from "../../main/contract/agent.ts";
import type { Failure } from "../../main/contract/failures.ts";
import { call, failureOf } from "../lib/bridge.ts";

interface Renewal {
  busy: boolean;
  /** Why the agent was not asked, or did not answer. */
  failure?: Failure;
  /** How the order ended. */
  result?: SiteCertificate;
}

const renewals = new SvelteMap<string, Renewal>();

function keyOf(serverId: string, site: string): string {
  return `${serverId}\n${site}`;
}

export function renewalOf(serverId: string, site: string): Renewal | undefined {
  return renewals.get(keyOf(serverId, site));
}

/** Orders it now. How that ends is kept in `renewalOf`. */
export async function renew(serverId: string, site: string): Promise<void> {
  const key = keyOf(serverId, site);
  if (renewals.get(key)?.busy === true) return;
  renewals.set(key, { busy: true });
  try {
    renewals.set(key, { busy: false, result: await call("certificate.renew", { serverId, site }) });
  } catch (error) {
    renewals.set(key, { busy: false, failure: failureOf(error) });
  }
}
