/** What a rule of Cherokee says besides its handler. */
import type { Condition } from "../../../contract/condition.ts";
import type { Handler } from "../../../contract/handler.ts";
import type { HeaderOperations, RuleSettings } from "../../../contract/rules/rule.ts";
import { CLOSED } from "../document/finish.ts";
import { ipRanges } from "../document/ip-ranges.ts";
import type { Surroundings } from "../document/surroundings.ts";
import { authOf } from "./auth.ts";
import type { Node } from "./tree.ts";

/** Who is refused before anything answers. */
interface Guard {
  readonly when?: Condition;
  readonly handler: Handler;
}

/** Cherokee takes each of them from the first rule that says it. */
export interface Settings {
  readonly secure?: Guard;
  readonly access?: Guard;
  /** A password that cannot be asked for here: nobody is let in. */
  readonly unknownAuth?: Guard;
  readonly auth?: RuleSettings["auth"];
  readonly compress?: boolean;
  readonly cacheControl?: string;
  readonly responseHeaders?: HeaderOperations;
  readonly bytesPerSecond?: number;
}

export function settingsOf(rule: Node, surroundings: Surroundings): Settings {
  const auth = rule.at("auth");
  const asked = auth === undefined ? undefined : authOf(auth, surroundings);
  return {
    ...some("secure", secureOf(rule)),
    ...some("access", accessOf(rule)),
    ...(auth === undefined ? {} : asked === undefined ? { unknownAuth: { handler: CLOSED } } : { auth: asked }),
    ...some("compress", compressOf(rule)),
    ...some("cacheControl", cacheControlOf(rule)),
    ...some("responseHeaders", headersOf(rule)),
    ...some("bytesPerSecond", rateOf(rule)),
  };
}

function some<Name extends string, Value>(name: Name, value: Value | undefined): Partial<Record<Name, Value>> {
  return value === undefined ? {} : ({ [name]: value } as Partial<Record<Name, Value>>);
}

function secureOf(rule: Node): Guard | undefined {
  if (!rule.flag("only_secure", false)) return undefined;
  rule.at("only_secure")?.carried("a rule that answers 426 without TLS");
  return { when: { not: { tls: true } }, handler: { type: "error", status: 426 } };
}

function accessOf(rule: Node): Guard | undefined {
  const allowed = rule.at("allow_from");
  if (allowed === undefined) return undefined;
  const { known, unknown } = ipRanges(rule.list("allow_from"));
  allowed.rest((entry) => {
    if (unknown.length > 0) entry.changed(`a rule that answers 403 to others: ${unknown.join(", ")} is not an address`);
    else entry.carried("a rule that answers 403 to others");
  });
  return known.length === 0 ? { handler: CLOSED } : { when: { not: { from: known } }, handler: CLOSED };
}

function compressOf(rule: Node): boolean | undefined {
  const encoder = rule.at("encoder");
  const wanted = ["gzip", "deflate"].map((name) => encoder?.text(name).toLowerCase());
  const allows = wanted.some((value) => value === "1" || value === "allow");
  const forbids = wanted.some((value) => value === "0" || value === "forbid" || value === "deny");
  for (const child of encoder?.children.values() ?? []) {
    child.carried("`compress`");
    child.rest((entry) => {
      entry.left("the agent chooses the level and the coding itself");
    });
  }
  return allows ? true : forbids ? false : undefined;
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** `1d12h` in seconds; a number alone is seconds. */
function secondsOf(text: string): number {
  let seconds = 0;
  for (const [, count = "0", unit = ""] of text.matchAll(/(\d+)\s*([smhdw]?)/g))
    seconds += Number(count) * (UNITS[unit] ?? 1);
  return seconds;
}

function cacheControlOf(rule: Node): string | undefined {
  const node = rule.at("expiration");
  if (node === undefined || node.value === "none") {
    node?.carried("nothing, as in Cherokee");
    return undefined;
  }
  const flags = ["no-store", "no-transform", "must-revalidate", "proxy-revalidate"];
  const parts = [
    ...(node.value === "max" ? ["max-age=315360000"] : []),
    ...(node.value === "time" ? [`max-age=${String(secondsOf(node.text("time")))}`] : []),
    ...(node.value === "epoch" && node.at("caching") === undefined ? ["no-cache"] : []),
    ...(["public", "private", "no-cache"].includes(node.text("caching")) ? [node.text("caching")] : []),
    ...flags.filter((flag) => node.at("caching")?.flag(flag, false)),
  ];
  node.rest((entry) => {
    entry.carried("`cacheControl`");
  });
  return parts.length === 0 ? undefined : parts.join(", ");
}

function headersOf(rule: Node): HeaderOperations | undefined {
  const operations = (rule.at("header_op")?.byNumber() ?? []).reverse();
  if (operations.length === 0) return undefined;
  const add = new Map<string, string[]>();
  const remove = new Set<string>();
  for (const operation of operations) {
    const name = operation.text("header");
    // One after the other in Cherokee; here, what is removed goes before anything is added.
    if (operation.text("type").toLowerCase() === "del") {
      for (const added of add.keys()) if (added.toLowerCase() === name.toLowerCase()) add.delete(added);
      remove.add(name);
    } else add.set(name, [...(add.get(name) ?? []), operation.text("value")]);
    operation.rest((entry) => {
      entry.carried("`responseHeaders`");
    });
  }
  return {
    ...(add.size === 0 ? {} : { add: Object.fromEntries(add) }),
    ...(remove.size === 0 ? {} : { remove: [...remove] }),
  };
}

/** The slowest that the agent sends. */
const MIN_RATE = 1024;

function rateOf(rule: Node): number | undefined {
  const rate = Number(rule.text("rate") || "0");
  if (!Number.isInteger(rate) || rate <= 0) return undefined;
  if (rate < MIN_RATE) rule.at("rate")?.entry?.changed(`\`bytesPerSecond\`: ${String(MIN_RATE)}, the minimum`);
  else rule.at("rate")?.carried("`bytesPerSecond`");
  return Math.max(rate, MIN_RATE);
}
