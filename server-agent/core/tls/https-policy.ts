/**
 * How a site brings its visitors to TLS and keeps them there (HSTS, RFC 6797). It is of the
 * original alone: a copycat answers without TLS, too, as a redirect says nothing to who asks why;
 * and it never promises for a year what is about an hour.
 */
import type { VirtualHost } from "../../contract/config.ts";
import type { Hsts, RedirectToHttps } from "../../contract/https.ts";
import { CERTIFICATE_PATH, HEALTH_CHECK_PATH } from "../usual-exceptions.ts";
import type { ConditionContext } from "../routing/compiled-condition.ts";
import { compileCondition } from "../routing/condition.ts";
import type { RequestFacts } from "../routing/request-facts.ts";

export interface HttpsPolicy {
  /** Of the redirect. */
  readonly status: 301 | 308;
  /** Where a request leads that came without TLS; undefined: it is answered as it is. */
  readonly locate: (facts: RequestFacts) => string | undefined;
  /** Value of `Strict-Transport-Security` on answers over TLS. */
  readonly hsts: string | undefined;
}

const HTTPS_PORT = 443;

/**
 * @param path Of the virtual host in its document, for problems.
 * @returns undefined where the virtual host has no such policy
 */
export function compileHttps(
  { redirectToHttps, hsts }: Pick<VirtualHost, "redirectToHttps" | "hsts">,
  path: string,
  context: ConditionContext,
): HttpsPolicy | undefined {
  if (redirectToHttps === undefined && hsts === undefined) return undefined;
  const options = redirectToHttps === true ? {} : redirectToHttps;
  return {
    status: options?.status ?? 308,
    locate: options === undefined ? () => undefined : redirect(options, `${path}/redirectToHttps/except`, context),
    hsts: hsts === undefined ? undefined : hstsValue(hsts),
  };
}

function redirect(
  { port = HTTPS_PORT, except }: RedirectToHttps,
  path: string,
  context: ConditionContext,
): HttpsPolicy["locate"] {
  const usual = compileCondition({ path: [CERTIFICATE_PATH, HEALTH_CHECK_PATH] }, "", { ...context, problems: [] });
  const own = except === undefined ? undefined : compileCondition(except, path, context);
  const suffix = port === HTTPS_PORT ? "" : `:${String(port)}`;
  return (facts) => {
    const { host, rawPath, query } = facts;
    // Who names no host, or asks about the server as a whole, could be led nowhere.
    if (facts.tls || host === "" || rawPath === "*" || usual.test(facts) || own?.test(facts) === true) return undefined;
    return `https://${host}${suffix}${rawPath}${query === "" ? "" : `?${query}`}`;
  };
}

function hstsValue({ maxAge, includeSubDomains, preload }: Hsts): string {
  return [
    `max-age=${String(maxAge)}`,
    ...(includeSubDomains === true ? ["includeSubDomains"] : []),
    ...(preload === true ? ["preload"] : []),
  ].join("; ");
}
