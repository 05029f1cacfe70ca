/** What rules say besides who answers: applied to a request before its handler gets it. */
import type { Auth } from "../../contract/rules/auth.ts";
import type { RateLimit } from "../../contract/rules/limits.ts";
import type { MergedSettings } from "../../core/routing/rule-matches.ts";
import type { Authenticator, Verdict, Visit } from "../auth/verdict.ts";
import type { RateLimiter } from "../clients/rate-limiter.ts";
import { compressBody } from "../coding/compressed-body.ts";
import type { Exchange } from "../exchange.ts";
import { paceBody } from "./paced-body.ts";
import { refuseBody } from "./refuse-body.ts";
import { servingSettings } from "./serving-settings.ts";

/** A request that is to be let in. */
export interface Arrival extends Exchange {
  requestEdit: Exchange["requestEdit"];
  readonly visitor: Visitor;
  /** A question of the agent itself, which no limit keeps from asking. */
  readonly isProof: boolean;
}

/** What is known of a visitor, and what he has met: it is not asked again of the same request. */
export interface Visitor {
  user: Exchange["user"];
  authType: Exchange["authType"];
  /** Rules by which he was let in, or counted. */
  met: readonly (Auth | RateLimit)[];
  /** Undefined before somebody has asked for a password. */
  visit: Visit | undefined;
}

/** Of one site. */
export interface Gates {
  /** Who is let in, for each of its rules that asks. */
  readonly authenticators: ReadonlyMap<Auth, Authenticator>;
  /** For each of its rules that limits requests. */
  readonly limiters: ReadonlyMap<RateLimit, RateLimiter>;
}

/** Whether the handler is to answer; if not, that was done here. */
export function admit(exchange: Arrival, settings: MergedSettings, gates: Gates): boolean | Promise<boolean> {
  const { request, response, facts, now } = exchange;
  const { requestEdit, editResponse, compress } = servingSettings(settings);
  exchange.requestEdit = requestEdit;
  response.edit = editResponse?.(exchange, now);
  const { rateLimit, bytesPerSecond, auth } = settings;
  const { visitor } = exchange;
  const isCounted = rateLimit !== undefined && !exchange.isProof && !visitor.met.includes(rateLimit);
  const wait = isCounted ? gates.limiters.get(rateLimit)?.take(facts.client, now) : undefined;
  if (wait !== undefined) exchange.entry.isRateLimited = true;
  if (wait !== undefined) return refuse(exchange, 429, { "Retry-After": String(wait) });
  if (isCounted) visitor.met = [...visitor.met, rateLimit];
  // What is compressed is paced, and not the other way round.
  if (bytesPerSecond !== undefined) paceBody(response, bytesPerSecond);
  if (compress !== undefined)
    compressBody(exchange, { method: request.method, accepted: request.field("accept-encoding") }, compress);
  return auth.length === 0 || identify(exchange, auth, gates);
}

/** Who meets every demand is let in. */
function identify(exchange: Arrival, demands: readonly Auth[], gates: Gates): boolean | Promise<boolean> {
  const { request, response, facts, now, visitor } = exchange;
  // The field is taken away once it has been looked at.
  visitor.visit ??= {
    authorization: request.field("authorization"),
    method: request.method,
    target: request.sentTarget,
    client: facts.client,
    now,
  };
  for (const [index, auth] of demands.entries()) {
    if (visitor.met.includes(auth)) continue;
    const verdict = gates.authenticators.get(auth)?.check(visitor.visit);
    if (verdict instanceof Promise)
      return verdict.then(
        (later) =>
          !response.destroyed && decide(exchange, auth, later) && identify(exchange, demands.slice(index + 1), gates),
      );
    if (!decide(exchange, auth, verdict ?? { status: 500, fields: {} })) return false;
  }
  return true;
}

/**
 * Whether the handler gets the body; if not, the request was refused here. Bodies whose length is
 * not told beforehand are counted as they come.
 */
export function admitBody(exchange: Exchange, { maxBodyBytes, bodyTimeout }: MergedSettings): boolean {
  const { request } = exchange;
  if (maxBodyBytes !== undefined && (request.contentLength ?? 0) > maxBodyBytes) return refuse(exchange, 413, {});
  if (maxBodyBytes !== undefined || bodyTimeout !== undefined)
    request.limitBody(maxBodyBytes, bodyTimeout === undefined ? undefined : bodyTimeout * 1000);
  return true;
}

function decide(exchange: Arrival, auth: Auth, verdict: Verdict): boolean {
  if ("status" in verdict) return refuse(exchange, verdict.status, verdict.fields);
  const { visitor } = exchange;
  visitor.met = [...visitor.met, auth];
  visitor.authType = auth.type;
  visitor.user = Buffer.from(verdict.user).toString("latin1");
  if (auth.forward !== true) exchange.request.removeField("authorization");
  return true;
}

function refuse(exchange: Exchange, status: number, fields: Readonly<Record<string, string>>): false {
  refuseBody(exchange.request, exchange.response);
  exchange.fail(status, fields);
  return false;
}
