import type { HttpsPolicy } from "../../core/tls/https-policy.ts";
import type { Exchange } from "../exchange.ts";

/**
 * Leads a visitor without TLS to it, or tells his browser to stay there. Returns whether it was
 * answered.
 *
 * @param closes It is a maintenance page that answers, which promises nothing for later.
 */
export function keepToHttps(policy: HttpsPolicy, { facts, response }: Exchange, closes: boolean): boolean {
  if (facts.tls) {
    if (policy.hsts !== undefined && !closes) response.setHeader("Strict-Transport-Security", policy.hsts);
    return false;
  }
  const location = policy.locate(facts);
  if (location === undefined) return false;
  response.writeHead(policy.status, ["Location", location, "Content-Length", "0"]);
  response.end();
  return true;
}
