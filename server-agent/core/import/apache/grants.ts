/** `Require` and its like: who gets an answer, with and without a password. */
import type { Condition } from "../../../contract/condition.ts";
import { ipRanges } from "../document/ip-ranges.ts";
import type { Statement } from "../document/statements.ts";

/** All, nobody, or those who meet a condition. */
export type Grant = boolean | Condition;

export function anyOf(grants: readonly Grant[]): Grant {
  if (grants.includes(true)) return true;
  const conditions = grants.filter((grant) => typeof grant !== "boolean");
  return conditions.length === 0 ? false : conditions.length === 1 ? (conditions[0] ?? false) : { any: conditions };
}

export function allOf(grants: readonly Grant[]): Grant {
  if (grants.includes(false)) return false;
  const conditions = grants.filter((grant) => typeof grant !== "boolean");
  return conditions.length === 0 ? true : conditions.length === 1 ? (conditions[0] ?? true) : { all: conditions };
}

export function noneOf(grant: Grant): Grant {
  return typeof grant === "boolean" ? !grant : { not: grant };
}

export const REQUIREMENTS = ["require", "requireany", "requireall", "requirenone"];
export const OLD_ACCESS = ["order", "allow", "deny"];

export interface Visitor {
  /** He has given one that is right. */
  readonly hasPassword: boolean;
  /** His address is known as it is to Apache. */
  readonly isKnown: boolean;
}

/** Who is let in by the requirements beside each other; undefined where there is none. */
export function grantOf(body: readonly Statement[], visitor: Visitor): Grant | undefined {
  const own = body.filter(({ name }) => REQUIREMENTS.includes(name));
  const old = oldGrant(body, visitor);
  const required = own.length === 0 ? undefined : anyOf(own.map((each) => one(each, visitor, false)));
  if (required === undefined || old === undefined) return required ?? old;
  const satisfy = body.findLast(({ name }) => name === "satisfy");
  satisfy?.entry.carried("who gets an answer");
  return satisfy?.args[0]?.toLowerCase() === "any" ? anyOf([required, old]) : allOf([required, old]);
}

/** @param otherwise What is unknown counts as: it must let nobody in, also where it keeps out. */
function one({ name, args, entry, body = [] }: Statement, visitor: Visitor, otherwise: boolean): Grant {
  if (name === "require") return requirement(args, entry, visitor, otherwise);
  entry.carried("who gets an answer");
  const within = name === "requirenone" ? !otherwise : otherwise;
  const inner = body.filter((each) => REQUIREMENTS.includes(each.name)).map((each) => one(each, visitor, within));
  if (name === "requireall") return allOf(inner);
  return name === "requirenone" ? noneOf(anyOf(inner)) : anyOf(inner);
}

function requirement(args: readonly string[], entry: Statement["entry"], visitor: Visitor, otherwise: boolean): Grant {
  const isNot = args[0]?.toLowerCase() === "not";
  const [kind = "", ...values] = isNot ? args.slice(1) : args;
  const granted = knownGrant(kind.toLowerCase(), values, visitor);
  if (granted === undefined) {
    entry.closed("it lets nobody in: this check is not supported");
    return otherwise;
  }
  entry.carried("who gets an answer");
  return isNot ? noneOf(granted) : granted;
}

function knownGrant(kind: string, values: readonly string[], { hasPassword, isKnown }: Visitor): Grant | undefined {
  if (!isKnown && (kind === "ip" || kind === "local")) return undefined;
  switch (kind) {
    case "all":
      return values[0]?.toLowerCase() === "granted";
    case "ip": {
      const { known, unknown } = ipRanges(values);
      return unknown.length > 0 || known.length === 0 ? undefined : { from: known };
    }
    case "local":
      return { from: ["127.0.0.0/8", "::1"] };
    case "method":
      return { method: values.map((method) => method.toUpperCase()) };
    case "valid-user":
      return hasPassword;
    default:
      return undefined;
  }
}

/** `Order`, `Allow` and `Deny`, as before Apache 2.4. */
function oldGrant(body: readonly Statement[], visitor: Visitor): Grant | undefined {
  const own = body.filter(({ name }) => OLD_ACCESS.includes(name));
  if (own.length === 0) return undefined;
  const order =
    own
      .findLast(({ name }) => name === "order")
      ?.args.join("")
      .toLowerCase() ?? "deny,allow";
  const named = (name: string): Grant =>
    anyOf(own.filter((each) => each.name === name).map((each) => addresses(each, name === "deny", visitor)));
  for (const { entry } of own) entry.carried("who gets an answer");
  const [allowed, denied] = [named("allow"), named("deny")];
  return order === "allow,deny" ? allOf([allowed, noneOf(denied)]) : anyOf([allowed, noneOf(denied)]);
}

/** @param isDenied What is unknown denies everybody, and allows nobody. */
function addresses({ args, entry }: Statement, isDenied: boolean, { isKnown }: Visitor): Grant {
  const values = args.slice(1);
  if (values[0]?.toLowerCase() === "all") return true;
  const { known, unknown } = isKnown ? ipRanges(values) : { known: [], unknown: values };
  if (unknown.length > 0) entry.closed("only IP addresses are supported");
  if (unknown.length > 0 && isDenied) return true;
  return known.length === 0 ? false : { from: known };
}
