/**
 * Exceptions that can never do what they are for: no request meets them, or what meets them is not
 * answered by the original.
 */
import type { Condition } from "../../contract/condition.ts";
import type { Config, VirtualHost } from "../../contract/config.ts";
import { coversHost } from "./host-coverage.ts";
import { compileAddressSet } from "../routing/address-set.ts";
import { normaliseHost } from "../routing/normalise-host.ts";

interface Reach {
  config: Config;
  original: VirtualHost;
  copycat: VirtualHost;
}

/**
 * Whether no request to the copycat's hosts can both meet the exception and the original's own
 * condition. Told from the conditions alone, and only where it is certain: a condition that is
 * found possible here may still never be met.
 */
export function neverReaches(exception: Condition, reach: Reach): boolean {
  const { original } = reach;
  return neverHolds(original.when === undefined ? exception : { all: [exception, original.when] }, reach);
}

function neverHolds(condition: Condition, reach: Reach): boolean {
  const parts = conjuncts(condition);
  return (
    parts.some((part) => isImpossible(part, reach)) ||
    areApart(parts, "method", equal) ||
    areApart(parts, "listener", equal) ||
    areApart(parts, "path", pathsOverlap) ||
    areApart(parts, "extension", equal)
  );
}

/** Conditions of one key each that must all hold. */
function conjuncts({ all = [], ...others }: Condition): Condition[] {
  const own = (Object.keys(others) as (keyof typeof others)[])
    .filter((key) => others[key] !== undefined)
    .map((key): Condition => ({ [key]: others[key] }));
  return [...own, ...all.flatMap(conjuncts)];
}

function isImpossible(part: Condition, reach: Reach): boolean {
  if (part.any !== undefined) return part.any.every((branch) => neverHolds(branch, reach));
  if (part.not !== undefined) return alwaysHolds(part.not, reach);
  if (part.tls === true) return !knowsTls(reach);
  if (part.from !== undefined) return seesOnlyItself(reach.config) && !LOOPBACK.some((own) => isListed(own, part.from));
  if (part.header !== undefined)
    return Object.entries(part.header).some(
      ([name, wanted]) => name.toLowerCase() === "host" && isForeignHost(wanted, reach),
    );
  return false;
}

/**
 * Whether every visitor meets the exception, of IPv4 at least or of IPv6: nobody is kept out then.
 */
export function letsEveryoneIn(exception: Condition, reach: Reach): boolean {
  return alwaysHolds(exception, reach, (blocks) => blocks.some((block) => /\/0+$/.test(block)));
}

/** @param areAll whether every client address that counts is in these blocks */
function alwaysHolds(condition: Condition, reach: Reach, areAll: (blocks: string[]) => boolean = () => false): boolean {
  return conjuncts(condition).every((part) => {
    if (part.any !== undefined) return part.any.some((branch) => alwaysHolds(branch, reach, areAll));
    if (part.not !== undefined) return neverHolds(part.not, reach);
    if (part.tls === false) return !knowsTls(reach);
    if (part.path !== undefined) return listed(part.path).includes("/*");
    if (part.from !== undefined) return areAll(listed(part.from));
    return false;
  });
}

/** From a listener, a trusted proxy, or the web server beside the agent. */
function knowsTls({ config }: Reach): boolean {
  return (
    (config.trustedProxies ?? []).length > 0 || config.listeners.some(({ tls }) => tls !== undefined && tls !== false)
  );
}

/** Addresses of a machine's own, from which its proxy comes. */
const LOOPBACK = ["127.0.0.1", "::1"];

/**
 * Whether the only client address there can be is the machine's own: everything comes by a proxy on
 * it that is not trusted to say for whom.
 */
export function seesOnlyItself({ listeners, trustedProxies = [] }: Config): boolean {
  return (
    listeners.every(({ address }) => address === "::1" || /^(?:::ffff:)?127\./i.test(address)) &&
    !LOOPBACK.some((own) => isListed(own, trustedProxies))
  );
}

function isListed(address: string, entries: string | readonly string[] = []): boolean {
  return compileAddressSet(entries, "", []).has(address);
}

function isForeignHost(wanted: true | string | string[], { copycat }: Reach): boolean {
  if (wanted === true) return false;
  return listed(wanted).every(
    (host) => !host.startsWith("~") && !copycat.hosts.some((pattern) => coversHost(pattern, normaliseHost(host))),
  );
}

/** Whether two of the parts name values of this key that exclude each other. */
function areApart(
  parts: readonly Condition[],
  key: "method" | "listener" | "path" | "extension",
  overlap: (one: string, other: string) => boolean,
): boolean {
  const lists = parts.flatMap((part) => (part[key] === undefined ? [] : [listed(part[key])]));
  return lists.some((list, index) =>
    lists.slice(0, index).some((earlier) => !list.some((one) => earlier.some((other) => overlap(one, other)))),
  );
}

function listed(value: string | string[]): string[] {
  return typeof value === "string" ? [value] : value;
}

function equal(one: string, other: string): boolean {
  return one === other;
}

function pathsOverlap(one: string, other: string): boolean {
  const [first, second] = [one.endsWith("/*"), other.endsWith("/*")];
  const [left, right] = [first ? one.slice(0, -1) : one, second ? other.slice(0, -1) : other];
  return left === right || (first && right.startsWith(left)) || (second && left.startsWith(right));
}
