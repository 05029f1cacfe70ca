/**
 * Answers authorities that ask whether a name is this server's (HTTP-01, RFC 8555, 8.3): with the
 * token they ask for and the thumbprint of our account. That needs nothing of the order, so every
 * worker can, before and after a restart, and every server with the same account key; and it says
 * nothing secret, as nobody else has an order of that account.
 *
 * It comes before everything a site may do with a request: a closed site, one that redirects to
 * HTTPS and one that asks for a password keep their certificates fresh.
 */
import { challengeToken } from "../../core/acme/acme-names.ts";
import type { RequestFacts } from "../../core/routing/request-facts.ts";
import type { RoutingTable } from "../../core/routing/routing-table.ts";
import { challengingAuthority } from "../../core/tls/site-certificate.ts";
import type { OutgoingResponse } from "../http/outgoing-response.ts";

/** By name of the authority, the thumbprint of the account with it. */
export type Thumbprints = Readonly<Record<string, string>>;

export class AcmeChallenges {
  #thumbprints: Thumbprints = {};

  use(thumbprints: Thumbprints): void {
    this.#thumbprints = thumbprints;
  }

  /** The answer; undefined where the request is of the site's own business. */
  find(table: RoutingTable, facts: RequestFacts): string | undefined {
    const authority = challengingAuthority(table, facts);
    const thumbprint = authority === undefined ? undefined : this.#thumbprints[authority];
    return thumbprint === undefined ? undefined : `${challengeToken(facts.path) ?? ""}.${thumbprint}`;
  }
}

/** Not to be kept: the next order has another token. */
export function answerChallenge(response: OutgoingResponse, text: string): void {
  response.writeHead(200, [
    "Content-Type",
    "application/octet-stream",
    "Content-Length",
    String(text.length),
    "Cache-Control",
    "no-store",
  ]);
  response.end(text);
}
