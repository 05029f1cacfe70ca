/** What is said of a certificate that the agent obtains. */
import type { SiteCertificate } from "../../contract/tls/acme.ts";
import { orderAt } from "../../core/acme/order-time.ts";
import { type CertificateFacts, lifeOf } from "../certificates/certificate-facts.ts";
import { isoOf } from "../../core/windows/wall-clock.ts";
import { fewOf } from "../../core/wording.ts";
import type { OrderedSite } from "./ordered-sites.ts";

/**
 * @param facts Of the file in use, if that can be read.
 * @param now Epoch milliseconds.
 */
export function describeCertificate(
  site: OrderedSite,
  facts: CertificateFacts | undefined,
  { isOrdering, now }: { isOrdering: boolean; now: number },
): SiteCertificate {
  const { held, failed } = site;
  const life = facts === undefined ? {} : lifeOf(facts);
  const failure =
    failed === undefined
      ? undefined
      : { at: isoOf(failed.at), attempts: failed.attempts, message: failed.message, retryAt: isoOf(failed.retryAt) };
  return {
    site: site.site,
    names: [...(facts?.names ?? [])],
    ...life,
    acme: {
      authority: site.name,
      issued: held !== undefined,
      ...(isOrdering ? { ordering: true } : { orderAt: isoOf(Math.max(orderAt(site, held, failed), now)) }),
      ...(failure === undefined ? {} : { failure }),
    },
  };
}

/** What an operator has to know of them now, a sentence each. */
export function certificateProblems(sites: readonly OrderedSite[], ordering: string | undefined): string[] {
  const all = sites.flatMap((site) => problemOf(site, site.site === ordering) ?? []);
  return fewOf(all, (count) => `${String(count)} more certificates could not be obtained.`);
}

/** Undefined for nothing. */
function problemOf({ site, name, held, failed }: OrderedSite, isOrdering: boolean): string | undefined {
  const meanwhile =
    held === undefined
      ? "Visitors get a self-signed one, and browsers warn"
      : `The current one expires on ${isoOf(held.ends).slice(0, 10)}`;
  if (failed !== undefined) {
    const tries = failed.attempts === 1 ? "" : ` (${String(failed.attempts)} attempts)`;
    return `The certificate of ${site} could not be obtained from ${name}${tries}: ${failed.message}. ${meanwhile}. Next attempt at ${isoOf(failed.retryAt)}; \`certificates renew ${site}\` tries at once.`;
  }
  return held === undefined
    ? `The certificate of ${site} ${isOrdering ? "is being" : "will be"} ordered from ${name}. ${meanwhile}.`
    : undefined;
}
