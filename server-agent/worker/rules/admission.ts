/** What rules say besides who answers: applied to a request before its handler gets it. */
import type { Auth } from "../../contract/rules/auth.ts";
import type { RateLimit } from "../../contract/rules/limits.ts";
import type { MergedSettings } from "../../core/routing/rule-matches.ts";
import type { Authenticator, Verdict } from "../auth/verdict.ts";
import type { RateLimiter } from "../clients/rate-limiter.ts";
import { compressBody } from "../coding/compressed-body.ts";
import type { Exchange } from "../exchange.ts";
import { paceBody } from "./paced-body.ts";
import { refuseBody } from "./refuse-body.ts";
import { servingSettings } from "./serving-settings.ts";

/** A request that is to be let in. */
export interface Arrival extends Exchange {
  requestEdit: Exchange["requestEdit"];
  user: Exchange["user"];
  authType: Exchange["authType"];
  /** A question of the agent itself, which no limit keeps from asking. */
  readonly isProof: boolean;
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
  const wait =
    rateLimit === undefined || exchange.isProof ? undefined : gates.limiters.get(rateLimit)?.take(facts.client, now);
  if (wait !== undefined) return refuse(exchange, 429, { "Retry-After": String(wait) });
  // What is compressed is paced, and not the other way round.
  if (bytesPerSecond !== undefined) paceBody(response, bytesPerSecond);
  if (compress !== undefined)
    compressBody(response, { method: request.method, accepted: request.field("accept-encoding") }, compress);
  if (auth === undefined) return true;
  const verdict = gates.authenticators.get(auth)?.check({ request, client: facts.client, now });
  return verdict instanceof Promise
    ? verdict.then((later) => !response.destroyed && decide(exchange, auth, later))
    : decide(exchange, auth, verdict ?? { status: 500, fields: {} });
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
  exchange.authType = auth.type;
  exchange.user = Buffer.from(verdict.user).toString("latin1");
  if (auth.forward !== true) exchange.request.removeField("authorization");
  return true;
}

function refuse(exchange: Exchange, status: number, fields: Readonly<Record<string, string>>): false {
  refuseBody(exchange.request, exchange.response);
  exchange.fail(status, fields);
  return false;
}
