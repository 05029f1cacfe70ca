/** `Redirect`, `RedirectMatch` and the rules of mod_rewrite. */
import type { Condition } from "../../../contract/condition.ts";
import type { Handler } from "../../../contract/handler.ts";
import { compileRegex } from "../../routing/regex.ts";
import type { Answer } from "../document/answer.ts";
import { CLOSED } from "../document/finish.ts";
import {
  allOf,
  both,
  either,
  escapeRegex,
  exactly,
  hostMatch,
  hostRegex,
  type Match,
  neither,
  pathMatch,
  regexMatch,
  UNKNOWN,
} from "../document/match.ts";
import { alternativesOf, startsOf } from "../document/regex-parts.ts";
import type { Statement } from "../document/statements.ts";
import { type MatchedPass, matchedPass, type Proxying } from "./passes.ts";

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

type Query = "kept" | "added" | "dropped";

function takingQuery(regex: string, to: string, query: Query = "kept"): { regex: string; to: string } {
  const groups = regex.match(/(?<!\\)\((?!\?)/g)?.length ?? 0;
  const parts = alternativesOf(regex).map((part) => {
    const bare = part.replace(/(?<!\\)\.(?=[*+])/g, "[^?]").replace(/(?<!\\)\$$/, "");
    return bare + (/(?<!\\)\$$/.test(part) ? "" : "[^?]*");
  });
  const path = parts.length === 1 ? (parts[0] ?? "") : `(?:${parts.join("|")})`;
  const own = { regex: `${path}(?:\\?.*)?$`, to };
  if (query === "dropped") return { ...own, to: to.replace(/\?$/, "") };
  if (to.includes("?"))
    return query === "added" ? { ...own, to: `${to}&\${query}` } : { ...own, to: to.replace(/\?$/, "") };
  return groups >= 9 ? own : { regex: `${path}(\\?.*)?$`, to: `${to}$${String(groups + 1)}` };
}

/** Where rules of mod_rewrite stand. */
export interface RewritingPlace {
  /** Folder of the site. */
  readonly root: string | undefined;
  /**
   * Undefined for a site, or the address of the folder whose rules these are: their expressions
   * begin behind it.
   */
  readonly base: string | undefined;
  readonly proxying: Proxying;
}

/** Rules of mod_rewrite in one place. */
export function rewritesOf(statements: readonly Statement[], around: RewritingPlace): Answer[] {
  const own = statements.filter(({ name }) => /^rewrite(?:cond|rule|engine|base|options|map)$/.test(name));
  const engine = own.findLast(({ name }) => name === "rewriteengine");
  if (engine?.args[0]?.toLowerCase() !== "on") {
    for (const { entry } of own) entry.left("`RewriteEngine` is off");
    return [];
  }
  engine.entry.carried("the handlers `redirect` and `rewrite`");
  const written = own.findLast(({ name }) => name === "rewritebase");
  written?.entry.carried("the address that rules begin with");
  const { base } = around;
  const place = { ...around, to: base === undefined ? undefined : (written?.args[0] ?? base) };
  const answers: Answer[] = [];
  let conditions: Statement[] = [];
  const stopped: Condition[] = [];
  for (const statement of own) {
    if (statement.name === "rewritecond") conditions.push(statement);
    if (statement.name !== "rewriterule") continue;
    const made = ruleOf(statement, conditions, place);
    conditions = [];
    if (made === undefined) continue;
    if ("stop" in made) stopped.push(...(made.stop === undefined ? [] : [made.stop]));
    else answers.push({ ...made, when: allOf([made.when, ...stopped.map((not) => ({ not }))]) });
  }
  return answers;
}

interface Place extends RewritingPlace {
  /** What an address without a slash in front begins with. */
  readonly to: string | undefined;
}

function ruleOf(
  { args, entry }: Statement,
  conditions: readonly Statement[],
  { root, base, to: toBase, proxying }: Place,
): Answer | { stop: Condition | undefined } | undefined {
  const [written = "", replacement = "", flagText = ""] = args;
  const flags = flagText
    .replace(/^\[|\]$/g, "")
    .split(",")
    .map((flag) => flag.trim());
  const flag = (name: RegExp) => flags.map((each) => name.exec(each)).find((found) => found !== null);
  const isNot = written.startsWith("!");
  const inCase = (regex: string) => `${flag(/^(?:NC|nocase)$/i) === undefined ? "" : "(?i)"}${regex}`;
  const own = placed(written.replace(/^!/, ""), base, /\$\d/.test(replacement));
  const condition = conditionsOf(conditions, root);
  const found = own === undefined ? UNKNOWN : regexMatch(inCase(own));
  const path = isNot ? neither(found) : found;
  // What the last condition has found in the address is another expression for it.
  const { pattern, substitution, begin } = byCondition(conditions.at(-1), replacement) ?? {
    pattern: own === undefined ? "" : inCase(own),
    substitution: replacement,
    begin: toBase,
  };
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
  if (flag(/^(?:P|proxy)$/i) !== undefined) {
    const handler = proxiedBy({ pattern: isNot ? "" : pattern, to: substitution, entry }, proxying);
    return typeof handler === "string" ? closed(handler) : { when: match.when, handler };
  }
  const to = addressOf(substitution, begin);
  if (to === undefined) return closed("its URL has a variable that is not supported");
  const redirect = flag(/^R(?:edirect)?(?:=(.*))?$/i);
  const query: Query =
    flag(/^(?:QSD|qsdiscard)$/i) !== undefined
      ? "dropped"
      : flag(/^(?:QSA|qsappend)$/i) !== undefined
        ? "added"
        : "kept";
  const isPlain = isNot || !compileRegex(pattern).ok;
  if (isPlain && /\$\d/.test(to)) return closed("its expression is not supported (RE2)");
  const parts = isPlain ? { to } : takingQuery(pattern, to, query);
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

/** To an application: a group of the expression, or the address as it was asked for. */
function proxiedBy(pass: MatchedPass, proxying: Proxying): Handler | string {
  const whole = /^([^%$]*)%\{REQUEST_URI\}$/.exec(pass.to)?.[1];
  if (whole !== undefined) return matchedPass({ ...pass, to: whole }, proxying);
  if (pass.to.includes("%")) return "its URL has a variable that is not supported";
  return /\$\d/.test(pass.to) ? matchedPass(pass, proxying) : "its target is one address for all that it matches";
}

/** `%1` of a condition about the address, as `$1`. */
function byCondition(
  condition: Statement | undefined,
  substitution: string,
): { pattern: string; substitution: string; begin: string } | undefined {
  const [subject = "", pattern = "", flags = ""] = condition?.args ?? [];
  const isKnown =
    subject === "%{REQUEST_URI}" && !/^[!=<>-]/.test(pattern) && !/\b(?:NC|OR|nocase|ornext)\b/i.test(flags);
  if (!isKnown || !/%\d/.test(substitution) || /\$\d/.test(substitution)) return undefined;
  return { pattern, substitution: substitution.replace(/%(\d)/g, "$$$1"), begin: "" };
}

/**
 * In a folder, an expression begins behind its slash. Undefined where it cannot be said.
 *
 * @param hasGroups They are used, so their numbers must stay.
 */
function placed(pattern: string, base: string | undefined, hasGroups: boolean): string | undefined {
  if (base === undefined) return pattern;
  const folder = `${escapeRegex(base.replace(/\/+$/, ""))}/`;
  const parts = startsOf(pattern);
  if (parts === undefined || (hasGroups && parts.join("|") !== pattern)) return undefined;
  const begins = (part: string) => /^(?:\^|\.\*|\(\.\*(?=[^|]*$))/.test(part);
  const anywhere = (part: string) => (part === "." ? "[^/]" : parts.length === 1 ? part : `(?:${part})`);
  return parts
    .map((part) => (begins(part) ? `^${folder}${part.replace(/^\^/, "")}` : `^${folder}.*${anywhere(part)}`))
    .join("|");
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

/** All of them, but those with `OR` and the next one are one. */
function conditionsOf(conditions: readonly Statement[], root: string | undefined): Match {
  const groups: Match[][] = [];
  let isOr = false;
  for (const condition of conditions) {
    const match = conditionOf(condition, root);
    if (isOr) groups.at(-1)?.push(match);
    else groups.push([match]);
    isOr = /\b(?:OR|ornext)\b/i.test(condition.args[2] ?? "");
  }
  return both(...groups.map((group) => either(...group)));
}

function conditionOf({ args, entry }: Statement, root: string | undefined): Match {
  const [subject = "", written = "", flags = ""] = args;
  const isNot = written.startsWith("!");
  const found = known(subject, written.replace(/^!/, ""), /\bNC\b|nocase/i.test(flags), root);
  const match = isNot ? neither(found) : found;
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
  const port = name === "SERVER_PORT" ? /^=?\^?(80|443)\$?$/.exec(pattern)?.[1] : undefined;
  if (port !== undefined) return exactly(port === "443" ? { tls: true } : { not: { tls: true } });
  if (name === "REQUEST_SCHEME" && /^=?\^?https?\$?$/.test(pattern))
    return exactly(pattern.includes("https") ? { tls: true } : { not: { tls: true } });
  const text = /^=([^"]+)$/.exec(pattern)?.[1];
  if (text !== undefined && /^(?:SERVER_NAME|HTTP_HOST)$/.test(name)) return hostMatch([text]);
  if (text?.startsWith("/") === true && name === "REQUEST_URI") return pathMatch(text);
  if (name === "SERVER_NAME" && !/^[=<>-]/.test(pattern)) return hostRegex(pattern);
  if (name === "REMOTE_ADDR") {
    const address = /^\^?((?:\d+\\?\.){3}\d+)\$?$/.exec(pattern)?.[1];
    return address === undefined ? UNKNOWN : exactly({ from: address.replaceAll("\\", "") });
  }
  const header = headerOf(name);
  if (text !== undefined && header !== undefined)
    return exactly({ header: { [header]: `~${ignoresCase ? "(?i)" : ""}^${escapeRegex(text)}$` } });
  const compiled = compileRegex(regex);
  if (!compiled.ok || pattern.startsWith("=") || pattern.startsWith("-")) return UNKNOWN;
  if (name === "REQUEST_METHOD") {
    const methods = /^\^?\(?([A-Z]+(?:\|[A-Z]+)*)\)?\$?$/.exec(pattern)?.[1]?.split("|");
    return methods === undefined ? UNKNOWN : exactly({ method: methods });
  }
  if (name === "REQUEST_URI") return exactly({ pathRegex: regex });
  if (header === undefined || pattern === "") return UNKNOWN;
  const found = exactly({ header: { [header]: `~${regex}` } });
  // To Apache, one that is not sent is empty.
  return compiled.regex.test("") ? either(found, exactly({ not: { header: { [header]: true } } })) : found;
}

/** The header field that a variable stands for. */
function headerOf(variable: string): string | undefined {
  const name =
    /^HTTP:(.+)$/.exec(variable)?.[1] ??
    /^HTTP_(HOST|USER_AGENT|REFERER|COOKIE|ACCEPT)$/.exec(variable)?.[1]?.replace("_", "-");
  return name?.toLowerCase();
}
