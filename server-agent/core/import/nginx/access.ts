/** Who may come in: `allow` and `deny`, passwords, methods, certificates. */
import type { Condition } from "../../../contract/condition.ts";
import type { Auth } from "../../../contract/rules/auth.ts";
import { ipRanges } from "../document/ip-ranges.ts";
import { allOf } from "../document/match.ts";
import { type Level, sayOfAll, type Statement } from "../document/statements.ts";

export interface Access {
  /** These get 403; `true`: everybody. */
  readonly refused: readonly (Condition | true)[];
  readonly auth: Auth | undefined;
  /** Asked for a password: `satisfy any` lets addresses in without one. */
  readonly asked: Condition | undefined;
}

/** Directives that let nobody in by themselves, of modules that have no counterpart. */
const GUARDS = /^(?:auth_(?!basic|delay|request_set)\w+|access_by_\w+|secure_link\w*|valid_referers|js_access)$/;

export function accessOf(level: Level): Access {
  const addresses = level.nearest("allow", "deny");
  const isKnown = knowsVisitors(level);
  const denied = decidedBy(addresses, "deny", isKnown);
  for (const { entry } of addresses) if (entry.outcome === undefined) entry.carried("nothing: a line above decides");
  const asked = authOf(level);
  const refused: (Condition | true)[] = [];
  for (const guard of guardsOf(level)) {
    guard.entry.closed("answered with 403: this check is not supported");
    refused.push(true);
  }
  if (asked === "closed") refused.push(true);
  const auth = asked === "closed" ? undefined : asked;
  const isAny = level.text("satisfy") === "any";
  level.last("satisfy")?.entry.carried(isAny ? "who must give a password" : "all conditions count");
  if (!isAny || auth === undefined)
    return { refused: denied === undefined ? refused : [...refused, denied], auth, asked: undefined };
  // Whom a line allows comes in without a password; all others need one, even if nobody is denied.
  const allowed = decidedBy(addresses, "allow", isKnown);
  return { refused, auth, asked: allowed === undefined ? undefined : allowed === true ? NOBODY : { not: allowed } };
}

/** Those that count in a block: its own, and what the blocks around it say. */
function guardsOf(level: Level): Statement[] {
  const names = new Set<string>();
  for (let each: Level | undefined = level; each !== undefined; each = each.outer)
    for (const { name } of each.statements) if (GUARDS.test(name)) names.add(name);
  const found = [...names].flatMap((name) => level.nearest(name));
  for (const { args, entry } of found) if (args[0] === "off") entry.carried("no such check");
  return found.filter(({ args }) => args[0] !== "off");
}

/** Fields that a trusted proxy fills together with `X-Forwarded-For`, which the agent reads. */
const FORWARDED = /^(?:x-forwarded-for|cf-connecting-ip|proxy_protocol)$/i;

/**
 * Behind a proxy that names visitors in another field, all would have its own address, which lists
 * often let in.
 */
function knowsVisitors(level: Level): boolean {
  return level.nearest("set_real_ip_from").length === 0 || FORWARDED.test(level.text("real_ip_header"));
}

const NOBODY: Condition = { not: { path: "/*" } };

const NO_ADDRESS = "this is no address that can be compared here";
const NOT_NAMED = "the proxy names visitors in another field than `X-Forwarded-For`, which the agent does not read";

/** For whom a line of this kind is the first that names their address. Undefined: for nobody. */
function decidedBy(
  statements: readonly Statement[],
  wanted: "allow" | "deny",
  isKnown: boolean,
): Condition | true | undefined {
  const others: string[] = [];
  const decided: (Condition | true)[] = [];
  for (const { name, args, entry } of statements) {
    const written = args.slice(0, 1);
    const { known, unknown } = isKnown || args[0] === "all" ? ipRanges(written) : { known: [], unknown: written };
    // What cannot be compared denies everybody, and allows nobody.
    const isAll = args[0] === "all" || (unknown.length > 0 && name === "deny");
    if (unknown.length === 0) entry.carried("a rule that answers 403, or asks for a password");
    else if (name === "deny") entry.closed(`${isKnown ? NO_ADDRESS : NOT_NAMED}, so everybody gets 403`);
    else entry.left(`${isKnown ? NO_ADDRESS : NOT_NAMED}, so nobody is let in by it`);
    if (name === wanted) {
      const not: Condition | undefined = others.length === 0 ? undefined : { not: { from: [...others] } };
      if (isAll) decided.push(not ?? true);
      else if (known.length > 0) decided.push(allOf([{ from: known }, not]) ?? true);
    } else others.push(...known);
    if (isAll) break;
  }
  if (decided.length === 0) return undefined;
  const conditions = decided.filter((each) => each !== true);
  if (conditions.length < decided.length) return true;
  return conditions.length === 1 ? conditions[0] : { any: conditions };
}

function authOf(level: Level): Auth | "closed" | undefined {
  const basic = level.last("auth_basic");
  const file = level.last("auth_basic_user_file");
  if (basic === undefined || basic.args[0] === "off") {
    for (const statement of [basic, file]) statement?.entry.carried("no password");
    return undefined;
  }
  const [realm = ""] = basic.args;
  const [path = ""] = file?.args ?? [];
  if (!path.startsWith("/") || path.includes("$") || realm.includes("$")) {
    basic.entry.closed("answered with 403: `auth` needs a realm and the absolute path of a password file");
    return "closed";
  }
  basic.entry.carried("`auth`");
  file?.entry.carried("`auth`");
  return { type: "basic", realm: realm.replace(/["\\]/g, "'"), file: path };
}

/** Methods that get 403, before anything else is looked at: `limit_except`. */
export function refusedMethods(level: Level): Condition[] {
  return level.own("limit_except").map(methodsOf);
}

/** Only what it denies to all others can be said. */
function methodsOf(limit: Statement): Condition {
  const methods = limit.args.includes("GET") ? [...limit.args, "HEAD"] : [...limit.args];
  const inner = limit.body ?? [];
  const isDenied = inner.some(({ name, args }) => name === "deny" && args[0] === "all");
  const isAlone = inner.every(({ name }) => name === "deny");
  sayOfAll(limit, (entry) => {
    if (isDenied && isAlone) entry.carried("a rule that answers 403 to other methods");
    else entry.changed("a rule that answers 403 to other methods, whoever asks");
  });
  return { not: { method: methods } };
}
