/** The handler `redir`: rewrites that are tried in order, each within the site or to elsewhere. */
import { compileRegex } from "../../routing/regex.ts";
import { quote } from "../../wording.ts";
import type { Answer } from "../document/answer.ts";
import { CLOSED } from "../document/finish.ts";
import { escapeRegex } from "../document/match.ts";
import type { Entry } from "../document/report.ts";
import type { Node } from "./tree.ts";

export interface RedirectContext {
  /** Folder of the rule: Cherokee cuts it off before it compares. */
  readonly folder: string | undefined;
  /** Expression of the rule, for rewrites without one of their own. */
  readonly request: string | undefined;
}

/** The expression fits every address. */
const TAKES_ALL = /^\^?(?:\/?\(?\.\*\)?)?\$?$/;
/** What Cherokee answers when nothing fits. */
const NOTHING_FITS: Answer = { handler: { type: "error", status: 500 } };

export function redirectAnswers(node: Node, context: RedirectContext): Answer[] {
  const answers: Answer[] = [];
  let isComplete = false;
  for (const rewrite of (node.at("rewrite")?.byNumber() ?? []).reverse()) {
    const made = rewriteAnswer(rewrite, context);
    answers.push(made.answer);
    isComplete ||= made.takesAll;
  }
  const url = node.at("url");
  if (url !== undefined && !isComplete) {
    url.carried("a redirect (301) for what no rewrite fits");
    const folder = context.folder === undefined || context.folder === "/" ? "" : escapeRegex(context.folder);
    answers.push({ handler: { type: "redirect", to: `${url.value}$1`, regex: `^${folder}(.*)$`, status: 301 } });
    isComplete = true;
  }
  return isComplete ? answers : [...answers, NOTHING_FITS];
}

function rewriteAnswer(rewrite: Node, context: RedirectContext): { answer: Answer; takesAll: boolean } {
  const isExternal = rewrite.flag("show", false);
  const substring = rewrite.text("substring");
  const own = rewrite.text("regex");
  const written = own === "" ? context.request : withFolder(own, context.folder);
  const { to, regex } = addressOf(substring, written, isExternal);
  // Cherokee takes all digits for the number of a group; here only nine groups have a name.
  const hasManyGroups = /\$\d\d/.test(to);
  const compiled = hasManyGroups
    ? ({ ok: false, message: "more than nine groups; write the redirect with fewer" } as const)
    : regex === undefined
      ? undefined
      : compileRegex(regex);
  const say = (note: (entry: Entry) => void) => {
    for (const entry of rewrite.entries()) note(entry);
  };
  if (compiled?.ok === false) {
    say((entry) => {
      entry.closed(`answered with 403: ${compiled.message}`);
    });
    return { answer: { handler: CLOSED }, takesAll: true };
  }
  const part = { to, ...(regex === undefined ? {} : { regex }) };
  const takesAll = own === "" || own === context.request || TAKES_ALL.test(own);
  if (!isExternal) {
    say((entry) => {
      entry.carried(`the handler \`rewrite\` to ${quote(to)}`);
    });
    return { answer: { handler: { type: "rewrite", ...part } }, takesAll };
  }
  say((entry) => {
    entry.carried(`the handler \`redirect\` (301) to ${quote(to)}`);
  });
  const wanted = takesAll ? undefined : regex;
  return {
    answer: {
      when: wanted === undefined ? undefined : { urlRegex: wanted },
      handler: { type: "redirect", ...part, status: 301 },
    },
    takesAll,
  };
}

/** `^/a` below `/dir` is `^/dir/a` of the whole address. */
function withFolder(regex: string, folder: string | undefined): string {
  if (folder === undefined || folder === "/") return regex;
  return regex.startsWith("^") ? `^${escapeRegex(folder)}${regex.slice(1)}` : `^${escapeRegex(folder)}.*?${regex}`;
}

/** `^1` is a group of the host, `$1` one of the address, and `$0` all of it. */
function addressOf(
  substring: string,
  regex: string | undefined,
  isExternal: boolean,
): { to: string; regex: string | undefined } {
  let to = substring.replace(/\^([1-9])/g, (_whole, group: string) => `\${host${group}}`);
  let pattern = regex;
  if (to.includes("$0") && pattern !== undefined) {
    to = to.replace(/\$(\d)/g, (_whole, group: string) => `$${String(Number(group) + 1)}`);
    pattern = `(${pattern})`;
  }
  if (isExternal && (/^https?:\/\//i.test(to) || to.startsWith("/"))) return { to, regex: pattern };
  // Cherokee puts a slash in front where there is none; a group that begins with one has it.
  if (to.startsWith("$1") && pattern !== undefined && /^\^?\(\//.test(pattern))
    return { to: `/${to}`, regex: pattern.replace(/^(\^?)\(\//, "$1/(") };
  return { to: to.startsWith("/") ? to : `/${to}`, regex: pattern };
}
