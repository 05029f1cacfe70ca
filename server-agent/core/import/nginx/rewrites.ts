/** `return`, `rewrite` and `if`: what answers before nginx looks for content. */
import type { Condition } from "../../../contract/condition.ts";
import type { Handler } from "../../../contract/handler.ts";
import { compileRegex } from "../../routing/regex.ts";
import type { Answer } from "../document/answer.ts";
import { CLOSED } from "../document/finish.ts";
import { allOf, escapeRegex, regexMatch } from "../document/match.ts";
import { sayOfAll, type Statement } from "../document/statements.ts";
import { ifMatch } from "./conditions.ts";
import { type AddressWords, addressOf, withoutQuery, withQuery } from "./variables.ts";

export interface RewriteContext {
  readonly words: AddressWords;
  readonly root: string | undefined;
  /** Of the location, for `$1`. */
  readonly regex: string | undefined;
  /** An application answers here, and would get the path that `break` made. */
  readonly isPassedOn: boolean;
  /** What `mount` of the proxy does. */
  readonly stripped?: Statement | undefined;
}

export interface Rewrites {
  readonly answers: readonly Answer[];
  /** Nothing comes to what follows. */
  readonly ends: boolean;
}

export function rewritesOf(statements: readonly Statement[], context: RewriteContext): Rewrites {
  const answers: Answer[] = [];
  /** For these, nothing of what follows is done. */
  const stopped: Condition[] = [];
  const push = (made: readonly Answer[]): void => {
    for (const { when, handler } of made)
      answers.push({ when: allOf([when, ...stopped.map((not) => ({ not }))]), handler });
  };
  for (const statement of statements) {
    const { name } = statement;
    if (name === "break") return { answers, ends: false };
    if (name === "return") push(returned(statement, context));
    if (name === "return") return { answers, ends: stopped.length === 0 };
    if (statement === context.stripped) statement.entry.carried("`mount` of the handler `proxy`");
    else if (name === "rewrite") push([rewritten(statement, context)]);
    const stop = name === "if" ? stopOf(statement, context) : undefined;
    if (stop !== undefined) stopped.push(stop);
    else if (name === "if") push(conditional(statement, context));
  }
  return { answers, ends: false };
}

/** `if (…) { break; }`, with nothing in it that answers. */
function stopOf({ args, body = [], entry }: Statement, { root }: RewriteContext): Condition | undefined {
  const match = ifMatch(args, root);
  const stops = body.some(({ name }) => name === "break") && body.every(({ name }) => HARMLESS.has(name));
  if (!stops || !match.isExact || match.when === undefined) return undefined;
  entry.carried("a condition of what follows");
  for (const each of body) if (each.name === "break") each.entry.carried("a condition of what follows");
  return match.when;
}

/** What is done only there and opens nothing when it is not. */
const HARMLESS = new Set([
  "set",
  "add_header",
  "expires",
  "access_log",
  "limit_rate",
  "gzip",
  "break",
  "log_not_found",
]);

function conditional(statement: Statement, context: RewriteContext): Answer[] {
  const body = statement.body ?? [];
  if (body.every(({ name }) => HARMLESS.has(name))) {
    sayOfAll(statement, (entry) => {
      entry.left("write a rule of its own with a condition");
    });
    return [];
  }
  const match = ifMatch(statement.args, context.root);
  const isKnown = match.isExact && body.every(({ name }) => HARMLESS.has(name) || /^(?:return|rewrite)$/.test(name));
  if (!isKnown) {
    statement.entry.closed("its condition cannot be expressed here, so what it may apply to is answered with 403");
    sayOfAll(statement, (entry) => {
      entry.left("its `if` is closed");
    });
    return [{ when: match.when, handler: CLOSED }];
  }
  statement.entry.carried("`when` of a rule");
  return rewritesOf(body, context).answers.map(({ when, handler }) => ({ when: allOf([match.when, when]), handler }));
}

function closed({ entry }: Statement, why: string): Answer {
  entry.closed(`answered with 403: ${why}`);
  return { handler: CLOSED };
}

const REDIRECTS = [301, 302, 303, 307, 308] as const;

/** With and without TLS, where both come here and its address depends on it. */
function returned(statement: Statement, context: RewriteContext): Answer[] {
  const hasScheme = statement.args.join(" ").includes("$scheme://");
  if (!hasScheme || context.words.scheme !== undefined) return [answerOf(statement, context)];
  const as = (scheme: "http" | "https") => answerOf(statement, { ...context, words: { ...context.words, scheme } });
  return [{ ...as("https"), when: { tls: true } }, as("http")];
}

function answerOf(statement: Statement, { words, regex }: RewriteContext): Answer {
  const [first = "", ...rest] = statement.args;
  const isCode = /^\d{3}$/.test(first);
  const status = isCode ? Number(first) : 302;
  const text = isCode ? rest.join(" ") : statement.args.join(" ");
  const redirect = REDIRECTS.find((code) => code === status);
  if (redirect !== undefined && text !== "") {
    const to = addressOf(text, words);
    if (to === undefined) return closed(statement, "its URL has a variable that is not supported");
    statement.entry.carried(`the handler \`redirect\` (${String(status)})`);
    const keepsQuery = /\$(?:request_uri|is_args|args)/.test(text);
    const groups =
      /\$\d/.test(to) && regex !== undefined ? { regex: withoutQuery(regex) } : keepsQuery ? {} : { regex: "^" };
    return { handler: { type: "redirect", to, ...groups, status: redirect } };
  }
  if (status === 444) return carried(statement, { type: "drop" });
  if (text.includes("$")) return closed(statement, "its text has a variable");
  if (status >= 400 && status <= 599 && text === "") return carried(statement, { type: "error", status });
  if (status < 200 || status > 599) return closed(statement, "it names no status that can be sent");
  return carried(statement, { type: "respond", status, ...(text === "" ? {} : { body: text }) });
}

function carried({ entry }: Statement, handler: Handler): Answer {
  entry.carried(`the handler \`${handler.type}\``);
  return { handler };
}

function rewritten(statement: Statement, { words, isPassedOn }: RewriteContext): Answer {
  const [regex = "", replacement = "", flag = ""] = statement.args;
  const compiled = compileRegex(regex);
  const match = regexMatch(regex);
  const hasGroups = /\$\d/.test(replacement);
  const close = (why: string): Answer => ({ ...closed(statement, why), when: match.when });
  if (!compiled.ok && (hasGroups || !match.isExact)) return close(compiled.message);
  const to = addressOf(replacement, words);
  if (to === undefined) return close("its URL has a variable that is not supported");
  // The address of the request brings its query along, which is kept where no expression is named.
  const isWhole = !hasGroups && (/\$request_uri\??$/.test(replacement) || !compiled.ok);
  const bare = to.replace(/\?$/, "");
  const parts = isWhole ? { to: bare } : replacement.endsWith("?") ? { regex, to: bare } : withQuery(regex, to);
  if (flag === "permanent" || flag === "redirect" || /^https?:\/\//.test(to)) {
    const status = flag === "permanent" ? 301 : 302;
    statement.entry.carried(`the handler \`redirect\` (${String(status)})`);
    return { when: match.when, handler: { type: "redirect", ...parts, status } };
  }
  if (flag === "break" && isPassedOn)
    return close("the application would have to get another path; let it take the whole one");
  statement.entry.carried("the handler `rewrite`");
  // Here the rules are tried from the top again, so what was rewritten must not be once more.
  const prefix = /^[^$?]*/.exec(to)?.[0] ?? "";
  const again = prefix.length > 1 && (!compiled.ok || compiled.regex.test(`${prefix}x`));
  const when = again ? { not: { pathRegex: `^${escapeRegex(prefix)}` } } : undefined;
  return { when: isWhole ? allOf([match.when, when]) : when, handler: { type: "rewrite", ...parts } };
}
