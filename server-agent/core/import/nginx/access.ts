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
const GUARDS = /^(?:auth_(?!basic)\w+|access_by_\w+|secure_link\w*|valid_referers|js_access)$/;

export function accessOf(level: Level): Access {
  const denied = deniedBy(level.nearest("allow", "deny"));
  const asked = authOf(level);
  const refused: (Condition | true)[] = [];
  for (const guard of level.statements.filter(({ name }) => GUARDS.test(name))) {
    guard.entry.closed("answered with 403: there is no such check here");
    refused.push(true);
  }
  if (asked === "closed") refused.push(true);
  const auth = asked === "closed" ? undefined : asked;
  const isAny = level.text("satisfy") === "any";
  level.last("satisfy")?.entry.carried(isAny ? "who must give a password" : "all conditions count");
  if (isAny && auth !== undefined) return { refused, auth, asked: denied === true ? undefined : (denied ?? NOBODY) };
  return { refused: denied === undefined ? refused : [...refused, denied], auth, asked: undefined };
}

const NOBODY: Condition = { not: { path: "/*" } };

/** The first that names an address counts. Undefined: nobody is denied. */
function deniedBy(statements: readonly Statement[]): Condition | true | undefined {
  const allowed: string[] = [];
  const denied: (Condition | true)[] = [];
  for (const { name, args, entry } of statements) {
    const { known, unknown } = ipRanges(args.slice(0, 1));
    if (name === "allow") {
      if (unknown.length > 0) entry.left("this is no address that can be compared here, so nobody is let in by it");
      else entry.carried("a rule that answers 403 to others");
      allowed.push(...known);
      continue;
    }
    const not: Condition | undefined = allowed.length === 0 ? undefined : { not: { from: [...allowed] } };
    if (unknown.length > 0) entry.closed("this is no address that can be compared here, so everybody gets 403");
    else entry.carried("a rule that answers 403");
    const isAll = args[0] === "all" || unknown.length > 0;
    denied.push(isAll ? (not ?? true) : (allOf([{ from: known }, not]) ?? true));
    if (isAll) break;
  }
  for (const { entry } of statements) if (entry.outcome === undefined) entry.carried("nothing: a line above decides");
  if (denied.length === 0) return undefined;
  const conditions = denied.filter((each) => each !== true);
  if (conditions.length < denied.length) return true;
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
    basic.entry.closed("answered with 403: `auth` needs a realm and the absolute path of a file");
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
