/** Conditions on the path of a request and on files that belong to it. */
import type { Problem } from "../../contract/errors.ts";
import type { CompiledCondition } from "./compiled-condition.ts";
import { childPointer } from "../json-pointer.ts";
import { filePathOf } from "./file-path.ts";
import { isNormalisedPath } from "./normalise-path.ts";
import { compileRegex, type Regex } from "./regex.ts";
import type { RequestFacts } from "./request-facts.ts";
import { listOf, quote } from "../wording.ts";

type OneOrMany = string | string[];

/** Calls `compile` for each entry with its own pointer. */
function each<T>(value: OneOrMany, path: string, compile: (text: string, path: string) => T): T[] {
  return typeof value === "string"
    ? [compile(value, path)]
    : value.map((text, index) => compile(text, childPointer(path, index)));
}

/** `path`: exact, or everything below a prefix (`/static/*`). */
export function compilePath(value: OneOrMany, path: string, problems: Problem[]): CompiledCondition {
  const exact = new Set<string>();
  const prefixes: string[] = [];
  const wanted = each(value, path, (text, at) => {
    const message = refusePath(text);
    if (message !== undefined) problems.push({ path: at, code: "condition.path", message });
    if (text.endsWith("/*")) prefixes.push(text.slice(0, -1));
    else exact.add(text);
    return text;
  });
  const [prefix] = prefixes;
  const [name] = exact;
  let test: CompiledCondition["test"];
  if (prefixes.length === 0 && exact.size === 1) test = (facts) => facts.path === name;
  else if (exact.size === 0 && prefixes.length === 1 && prefix !== undefined)
    test = (facts) => facts.path.startsWith(prefix);
  else test = (facts) => exact.has(facts.path) || startsWithAny(facts.path, prefixes);
  const words = listOf(wanted.map(quote));
  return {
    test,
    why: (facts) =>
      test(facts)
        ? `the path ${quote(facts.path)} is covered by ${words}`
        : `the path ${quote(facts.path)} is not ${words}`,
  };
}

function startsWithAny(path: string, prefixes: readonly string[]): boolean {
  for (const prefix of prefixes) if (path.startsWith(prefix)) return true;
  return false;
}

/**
 * A pattern that could never match is a slip; the message says how to write what was probably
 * meant.
 */
function refusePath(text: string): string | undefined {
  const fixed = text.endsWith("/*") ? text.slice(0, -1) : text;
  if (fixed.includes("*"))
    return `${quote(text)}: a star is only possible at the end, after a slash (\`/static/*\`); for anything else use \`pathRegex\``;
  if (fixed.includes("?"))
    return `${quote(text)}: the path ends before the question mark; use the \`query\` condition for what follows`;
  if (/%[0-9A-Fa-f]{2}/.test(fixed))
    return `${quote(text)}: paths are compared after decoding; write the character itself instead of its %-escape`;
  if (!isNormalisedPath(fixed))
    return `${quote(text)} never matches, because \`//\`, \`/./\` and \`/../\` are removed from paths first; write the path without them`;
  return undefined;
}

/** What of a request an expression is looked for in. */
interface Subject {
  readonly of: (facts: RequestFacts) => string;
  readonly name: string;
}
export const PATH: Subject = { of: (facts) => facts.path, name: "the path" };
export const PATH_AND_QUERY: Subject = {
  of: ({ path, query }) => (query === "" ? path : `${path}?${query}`),
  name: "the address",
};

/** `pathRegex` and `urlRegex`: found anywhere in the subject. */
export function compileRegexes(
  value: OneOrMany,
  path: string,
  { of, name }: Subject,
  problems: Problem[],
): CompiledCondition {
  const regexes: Regex[] = [];
  const wanted = each(value, path, (pattern, at) => {
    const compiled = compileRegex(pattern);
    if (compiled.ok) regexes.push(compiled.regex);
    else problems.push({ path: at, code: "regex.invalid", message: compiled.message });
    return pattern;
  });
  const [only] = regexes;
  const test: CompiledCondition["test"] =
    regexes.length === 1 && only !== undefined
      ? (facts) => only.test(of(facts))
      : (facts) => regexes.some((regex) => regex.test(of(facts)));
  const words = listOf(wanted.map(quote));
  return { test, why: (facts) => `${name} ${quote(of(facts))} ${test(facts) ? "fits" : "does not fit"} ${words}` };
}

/** `extension`: what follows the last dot of the last path segment, in lower case. */
export function compileExtension(value: OneOrMany): CompiledCondition {
  const wanted = new Set((typeof value === "string" ? [value] : value).map((extension) => extension.toLowerCase()));
  const words = listOf([...wanted].map(quote));
  return {
    test: (facts) => wanted.has(extensionOf(facts.path)),
    why(facts) {
      const extension = extensionOf(facts.path);
      if (extension === "") return `the path ${quote(facts.path)} has no extension`;
      return wanted.has(extension)
        ? `the extension is ${quote(extension)}`
        : `the extension is ${quote(extension)}, not ${words}`;
    },
  };
}

/** `""` when there is none; a dotfile has none either. */
function extensionOf(path: string): string {
  const dot = path.lastIndexOf(".");
  return dot <= path.lastIndexOf("/") + 1 ? "" : path.slice(dot + 1).toLowerCase();
}

/** `exists`: this file exists on the server. `{path}` stands for the path of the request. */
export function compileExists(value: OneOrMany, path: string, problems: Problem[]): CompiledCondition {
  const templates = each(value, path, (template, at) => {
    const placeholder = /\{(?!path\})[^{}/]*\}/.exec(template)?.[0];
    if (placeholder !== undefined)
      problems.push({
        path: at,
        code: "condition.exists",
        message: `${quote(placeholder)} is not known here; the only placeholder is \`{path}\``,
      });
    else if (!isNormalisedPath(template.replaceAll("{path}", "/x").replaceAll("//", "/"))) {
      problems.push({
        path: at,
        code: "condition.exists",
        message: `${quote(template)}: write the file name without \`/./\` and \`/../\``,
      });
    }
    return template;
  });
  const test = (facts: RequestFacts) => templates.some((template) => existsFor(template, facts));
  return {
    test,
    why(facts) {
      const found = templates.find((template) => existsFor(template, facts));
      return found === undefined
        ? `there is no file ${listOf(templates.map(quote))}`
        : `the file ${quote(found)} exists`;
    },
  };
}

function existsFor(template: string, facts: RequestFacts): boolean {
  if (!template.includes("{path}")) return facts.exists(template);
  // Normalised paths cannot climb out of the folder that the operator names; a caller that hands in
  // another one gets a plain no.
  return (
    isNormalisedPath(facts.path) &&
    facts.exists(template.replaceAll("{path}", () => filePathOf(facts)).replaceAll("//", "/"))
  );
}
