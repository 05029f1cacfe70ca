/** What of a request decides which target it belongs to. */
import type { Upstream } from "../../contract/upstream.ts";
import { someCookie } from "../routing/field-condition.ts";
import type { RequestFacts } from "../routing/request-facts.ts";

/** What the choice of a target may know. */
export type BalanceFacts = Pick<RequestFacts, "client" | "path" | "header">;

/** Undefined where nothing belongs together: by turns, or the request lacks what is asked for. */
export function balanceKey(balance: Upstream["balance"], facts: BalanceFacts): string | undefined {
  if (typeof balance !== "object") return undefined;
  const { hash } = balance;
  if (hash === "client" || hash === "path") return facts[hash];
  return "header" in hash ? facts.header(hash.header.toLowerCase()) : cookieOf(facts, hash.cookie);
}

/** The first cookie of this name. */
export function cookieOf(facts: Pick<BalanceFacts, "header">, name: string): string | undefined {
  let found: string | undefined;
  someCookie(facts.header("cookie"), name, (value) => {
    found = value;
    return true;
  });
  return found;
}
