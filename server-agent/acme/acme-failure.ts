/** Why an authority gave no certificate; told to people, so in whole sentences. */
import type { AcmeAuthority } from "../contract/tls/acme.ts";
import { visibleText } from "../core/visible-text.ts";

/** A problem document of ACME (RFC 7807; RFC 8555, 6.7), as far as it is of use. */
export interface ProblemDocument {
  readonly type?: unknown;
  readonly detail?: unknown;
  readonly subproblems?: unknown;
}

export type ChallengeKind = NonNullable<AcmeAuthority["challenge"]>;

const MAX_TEXT = 400;

export class AcmeFailure extends Error {
  /** Milliseconds that the authority asked to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, retryAfterMs?: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

/** `urn:ietf:params:acme:error:dns` → `dns`; empty for others. */
export function kindOf({ type }: ProblemDocument): string {
  return typeof type === "string" ? (/^urn:ietf:params:acme:error:(\w+)$/.exec(type)?.[1] ?? "") : "";
}

/**
 * What the authority said, with what can be done where that is known.
 *
 * @param challenge By which names are proved.
 */
export function describeProblem(problem: ProblemDocument, challenge: ChallengeKind = "http-01"): string {
  const details = [problem, ...objectsIn(problem.subproblems)].flatMap(({ detail }) =>
    typeof detail === "string" ? [detail] : [],
  );
  const said = visibleText(details.join("; ")).slice(0, MAX_TEXT) || "it did not say why";
  const kind = kindOf(problem);
  const wayOut = (challenge === "tls-alpn-01" ? TLS_WAYS_OUT[kind] : undefined) ?? WAYS_OUT[kind];
  return wayOut === undefined ? said : `${said} (${wayOut})`;
}

/** The objects of a list that somebody has sent; none where it is no list. */
export function objectsIn(value: unknown): Readonly<Record<string, unknown>>[] {
  const list: unknown[] = Array.isArray(value) ? value : [];
  return list.filter((each): each is Readonly<Record<string, unknown>> => typeof each === "object" && each !== null);
}

/** Other servers of the account do not know what is asked of this one. */
const TLS_MUST_LEAD_HERE =
  "port 443 of the name must lead to this agent, and TLS must end there; check firewall and DNS";
const TLS_WAYS_OUT: Readonly<Record<string, string>> = {
  connection: TLS_MUST_LEAD_HERE,
  tls: TLS_MUST_LEAD_HERE,
  unauthorized: TLS_MUST_LEAD_HERE,
};

const WAYS_OUT: Readonly<Record<string, string>> = {
  connection: "port 80 of the name must lead to this agent; check firewall and DNS",
  dns: "the name must have an A or AAAA record for this server",
  unauthorized:
    "another server answered for the name; its DNS must lead to this agent, or to one with the same account key",
  caa: "a CAA record of the domain does not allow this authority",
  rejectedIdentifier: "the authority gives no certificate for the name; list the others in `names`",
  rateLimited: "too many orders; the agent waits as long as the authority asks",
  externalAccountRequired: "the authority demands `externalAccount`",
  badCSR: "try another `keyType`",
  userActionRequired: "the terms of service have changed; read them and agree on the authority's website",
};
