/** `Redirect`, `RedirectMatch` and the rules of mod_rewrite. */
import type { Condition } from "../../../contract/condition.ts";
import { compileRegex } from "../../routing/regex.ts";
import type { Answer } from "../document/answer.ts";
import { CLOSED } from "../document/finish.ts";
import { allOf, both, escapeRegex, exactly, type Match, neither, regexMatch, UNKNOWN } from "../document/match.ts";
import type { Statement } from "../document/statements.ts";

const STATUS: Readonly<Record<string, number>> = { permanent: 301, temp: 302, seeother: 303, gone: 410 };
const CODES = [301, 302, 303, 307, 308] as const;

export function redirectOf(statement: Statement): Answer {
  const { name, args, entry } = statement;
  const hasStatus =
    name === "redirectpermanent" || name === "redirecttemp"
      ? false
      : /^(?:\d{3}|permanent|temp|seeother|gone)$/.test(args[0] ?? "");
  const word = name === "redirectpermanent" ? "permanent" : hasStatus ? (args[0] ?? "") : "temp";
  const [from = "", to = ""] = hasStatus ? args.slice(1) : args;
  const status = STATUS[word] ?? Number(word);
  const isRegex = name === "redirectmatch";
  const match = regexMatch(isRegex ? from : `^${escapeRegex(from.replace(/\/+$/, ""))}(?:/|$)`);
  if (!match.isExact) {
    entry.closed("everything is answered with 403: its expression is not supported (RE2)");
    return { handler: CLOSED };
  }
  const code = CODES.find((each) => each === status);
  entry.carried(code === undefined ? "the handler `error`" : `the handler \`redirect\` (${String(code)})`);
  if (code === undefined) return { when: match.when, handler: { type: "error", status: status >= 400 ? status : 404 } };
  // What follows the path is kept, and the query.
  const parts = isRegex
    ? takingQuery(from, to)
    : { regex: `^${escapeRegex(from)}([^?]*)(\\?.*)?$`, to: to.includes("?") ? `${to}$1` : `${to}$1$2` };
  return { when: match.when, handler: { type: "redirect", ...parts, status: code } };
}

function takingQuery(regex: string, to: string): { regex: string; to: string } {
  const groups = regex.match(/(?<!\\)\((?!\?)/g)?.length ?? 0;
  const bare = regex.replace(/(?<!\\)\.(?=[*+])/g, "[^?]").replace(/(?<!\\)\$$/, "");
  const open = /(?<!\\)\$$/.test(regex) ? "" : "[^?]*";
  return to.includes("?") || groups >= 9
    ? { regex: `${bare}${open}(?:\\?.*)?$`, to }
    : { regex: `${bare}${open}(\\?.*)?$`, to: `${to}$${String(groups + 1)}` };
}

/**
 * Rules of mod_rewrite in one place.
 *
 * @param root Folder of the site. @param base `""` for a site, or the address of the folder whose
 *   rules these are: their expressions begin behind it.
 */
export function rewritesOf(
  statements: readonly Statement[],
  root: string | undefined,
  base: string | undefined,
): Answer[] {
  const own = statements.filter(({ name }) => /^rewrite(?:cond|rule|engine|base|options|map)$/.test(name));
  const engine = own.findLast(({ name }) => name === "rewriteengine");
  if (engine?.args[0]?.toLowerCase() !== "on") {
    for (const { entry } of own) entry.left("`RewriteEngine` is off");
    return [];
  }
  engine.entry.carried("the handlers `redirect` and `rewrite`");
  const answers: Answer[] = [];
  let conditions: Statement[] = [];
  const stopped: Condition[] = [];
  for (const statement of own) {
    if (statement.name === "rewritecond") conditions.push(statement);
    if (statement.name !== "rewriterule") continue;
    const made = ruleOf(statement, conditions, root, base);
    conditions = [];
    if (made === undefined) continue;
    if ("stop" in made) stopped.push(...(made.stop === undefined ? [] : [made.stop]));
    else answers.push({ ...made, when: allOf([made.when, ...stopped.map((not) => ({ not }))]) });
  }
  return answers;
}

function ruleOf(
  { args, entry }: Statement,
  conditions: readonly Statement[],
  root: string | undefined,
  base: string | undefined,
): Answer | { stop: Condition | undefined } | undefined {
  const [written = "", substitution = "", flagText = ""] = args;
  const flags = flagText
    .replace(/^\[|\]$/g, "")
    .split(",")
    .map((flag) => flag.trim());
  const flag = (name: RegExp) => flags.map((each) => name.exec(each)).find((found) => found !== null);
  const isNot = written.startsWith("!");
  const pattern = `${flag(/^(?:NC|nocase)$/i) === undefined ? "" : "(?i)"}${placed(written.replace(/^!/, ""), base)}`;
  const condition = both(...conditions.map((each) => conditionOf(each, root)));
  const path = compileRegex(pattern).ok ? (isNot ? neither(regexMatch(pattern)) : regexMatch(pattern)) : UNKNOWN;
  const match = both(path, condition);
  const closed = (why: string): Answer => {
    entry.closed(`answered with 403: ${why}`);
    return { when: match.when, handler: CLOSED };
  };
  const doesNothing = substitution === "-" && flag(/^(?:F|forbidden|G|gone|R(?:=.*)?)$/i) === undefined;
  if (doesNothing && flag(/^(?:L|last|END)$/i) === undefined) {
    entry.left("it only sets variables");
    return undefined;
  }
  if (!match.isExact) return closed("its expression or a condition cannot be expressed here");
  if (doesNothing) {
    entry.carried("a condition of the rules below");
    return { stop: match.when };
  }
  if (flag(/^(?:F|forbidden)$/i) !== undefined) {
    entry.carried("the handler `error`");
    return { when: match.when, handler: CLOSED };
  }
  if (flag(/^(?:G|gone)$/i) !== undefined) {
    entry.carried("the handler `error`");
    return { when: match.when, handler: { type: "error", status: 410 } };
  }
  if (flag(/^(?:P|proxy)$/i) !== undefined) return closed("use `ProxyPass`");
  const to = addressOf(substitution, base);
  if (to === undefined) return closed("its URL has a variable that is not supported");
  const redirect = flag(/^R(?:edirect)?(?:=(.*))?$/i);
  const parts = isNot ? { to } : takingQuery(pattern, to);
  if (redirect !== undefined || /^https?:\/\//.test(to)) {
    const word = redirect?.[1] ?? "302";
    const status = CODES.find((code) => code === (STATUS[word] ?? Number(word)));
    if (status === undefined) return closed("it has no redirect status");
    entry.carried(`the handler \`redirect\` (${String(status)})`);
    return { when: match.when, handler: { type: "redirect", ...parts, status } };
  }
  entry.carried("the handler `rewrite`");
  const target = /^[^$?]*/.exec(to)?.[0] ?? "";
  const again: Condition | undefined =
    target.length > 1 ? { not: { pathRegex: `^${escapeRegex(target)}` } } : undefined;
  return { when: allOf([match.when, again]), handler: { type: "rewrite", ...parts } };
}

/** In a folder, an expression begins behind its slash. */
function placed(pattern: string, base: string | undefined): string {
  if (base === undefined) return pattern;
  const folder = `${escapeRegex(base.replace(/\/+$/, ""))}/`;
  return pattern.startsWith("^")
    ? `^${folder}${pattern.slice(1)}`
    : `^${folder}.*${pattern === "." ? "[^/]" : pattern}`;
}

const VARIABLES: Readonly<Record<string, string>> = {
  HTTP_HOST: "${host}",
  SERVER_NAME: "${host}",
  REQUEST_URI: "${path}",
};

function addressOf(text: string, base: string | undefined): string | undefined {
  const variables = [...text.matchAll(/%\{(\w+)\}|%\d/g)].map(([, name = ""]) => VARIABLES[name]);
  if (variables.includes(undefined)) return undefined;
  const made = text.replace(/%\{(\w+)\}/g, (_whole, name: string) => VARIABLES[name] ?? "");
  return /^(?:\/|https?:\/\/)/.test(made) ? made : `${(base ?? "").replace(/\/+$/, "")}/${made}`;
}

function conditionOf({ args, entry }: Statement, root: string | undefined): Match {
  const [subject = "", written = "", flags = ""] = args;
  const isNot = written.startsWith("!");
  const found = known(subject, written.replace(/^!/, ""), /\bNC\b|nocase/i.test(flags), root);
  const match = /\bOR\b|ornext/i.test(flags) ? UNKNOWN : isNot ? neither(found) : found;
  if (match.isExact) entry.carried("`when` of a rule");
  else entry.left("this condition cannot be expressed here");
  return match;
}

function known(subject: string, pattern: string, ignoresCase: boolean, root: string | undefined): Match {
  if (/^%\{(?:REQUEST_FILENAME|SCRIPT_FILENAME|DOCUMENT_ROOT\}\/?%\{REQUEST_URI)\}$/.test(subject))
    return /^-[dfFls]$/.test(pattern) && root !== undefined ? exactly({ exists: `${root}{path}` }) : UNKNOWN;
  const name = /^%\{([\w:-]+)\}$/.exec(subject)?.[1] ?? "";
  const regex = ignoresCase ? `(?i)${pattern}` : pattern;
  if (name === "HTTPS") return pattern.includes("on") ? exactly({ tls: true }) : exactly({ not: { tls: true } });
  if (name === "SERVER_PORT" && pattern.includes("443")) return exactly({ tls: true });
  if (name === "REMOTE_ADDR") {
    const address = /^\^?((?:\d+\\?\.){3}\d+)\$?$/.exec(pattern)?.[1];
    return address === undefined ? UNKNOWN : exactly({ from: address.replaceAll("\\", "") });
  }
  if (!compileRegex(regex).ok || pattern.startsWith("=") || pattern.startsWith("-")) return UNKNOWN;
  if (name === "REQUEST_METHOD") {
    const methods = /^\^?\(?([A-Z]+(?:\|[A-Z]+)*)\)?\$?$/.exec(pattern)?.[1]?.split("|");
    return methods === undefined ? UNKNOWN : exactly({ method: methods });
  }
  if (name === "REQUEST_URI") return exactly({ pathRegex: regex });
  const header =
    /^HTTP:(.+)$/.exec(name)?.[1] ??
    /^HTTP_(HOST|USER_AGENT|REFERER|COOKIE|ACCEPT)$/.exec(name)?.[1]?.replace("_", "-");
  return header === undefined || pattern === ""
    ? UNKNOWN
    : exactly({ header: { [header.toLowerCase()]: `~${regex}` } });
}
