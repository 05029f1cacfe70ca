/**
 * Says what the schema refused: JSON Pointers and sentences that name the way out, instead of the
 * parser's own issues.
 */
import type { z } from "zod";
import type { Problem } from "../../contract/errors.ts";
import { pointerOf } from "../json-pointer.ts";
import { nearestName } from "../nearest-name.ts";
import { objectSchemaAt, valueAt } from "./schema-at.ts";
import { listOf, quote } from "../wording.ts";

type Issue = z.core.$ZodIssue;

interface Context {
  schema: z.ZodType;
  document: unknown;
  problems: Problem[];
}

/** Problems of a document that `schema` refused. */
export function problemsOfSchema(schema: z.ZodType, error: z.core.$ZodError, document: unknown): Problem[] {
  const context: Context = { schema, document, problems: [] };
  for (const issue of error.issues) report(issue, issue.path, context);
  return context.problems;
}

function report(issue: Issue, path: readonly PropertyKey[], context: Context): void {
  const value = valueAt(context.document, path);
  if (issue.code === "unrecognized_keys") {
    for (const key of issue.keys) context.problems.push(unknownKey(key, path, context));
    return;
  }
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    // A branch that accepts the kind of value and refuses something in it is the one that was
    // meant; of several, the one that refuses least.
    const [meant] = issue.errors
      .filter((issues) => issues.every((inner) => inner.path.length > 0 || !isKindIssue(inner)))
      .sort((one, other) => one.length - other.length);
    if (meant !== undefined) {
      for (const inner of meant) report(inner, [...path, ...inner.path], context);
      return;
    }
  }
  context.problems.push({
    path: pointerOf(path),
    code: codeOf(issue, value),
    message: `${subject(path)} ${sentence(issue, value)}`,
  });
}

function unknownKey(key: string, path: readonly PropertyKey[], { schema, document }: Context): Problem {
  const known = Object.keys(objectSchemaAt(schema, path, document)?.shape ?? {});
  const nearest = nearestName(key, known);
  const wayOut =
    nearest === undefined ? `known here: ${known.map(quote).join(", ")}` : `did you mean ${quote(nearest)}?`;
  return {
    path: pointerOf([...path, key]),
    code: "schema.unknown-key",
    message: `the key ${quote(key)} is not known here; ${known.length === 0 ? "remove it" : wayOut}`,
  };
}

function codeOf(issue: Issue, value: unknown): string {
  if (value === undefined) return "schema.missing";
  return isKindIssue(issue) && issue.code !== "invalid_value" ? "schema.type" : "schema.value";
}

/** The value is of another kind (or another constant) than the branch wants. */
function isKindIssue(issue: Issue): boolean {
  return (
    issue.code === "invalid_type" ||
    issue.code === "invalid_value" ||
    (issue.code === "invalid_union" && issue.errors.length > 0)
  );
}

/** `` `port` `` for a field, `` `hosts`, entry 2`` for an entry of a list. */
function subject(path: readonly PropertyKey[]): string {
  const last = path.at(-1);
  if (last === undefined) return "the document";
  if (typeof last !== "number") return quote(String(last));
  const list = path.findLast((segment) => typeof segment !== "number");
  return `${quote(String(list ?? ""))}, entry ${String(last + 1)},`;
}

function sentence(issue: Issue, value: unknown): string {
  if (value === undefined) return `is missing; add ${expectation(issue)}`;
  switch (issue.code) {
    case "invalid_type":
    case "invalid_value":
      return `must be ${expectation(issue)}, not ${typeof value === "string" ? `the text ${quote(value)}` : nounOf(value)}`;
    case "invalid_union":
      if (issue.errors.length > 0) return `must be ${expectation(issue)}, not ${nounOf(value)}`;
      return unknownAlternative(issue, value);
    case "too_small":
      return tooSmall(issue);
    case "too_big":
      return tooBig(issue);
    case "invalid_format":
      return wrongFormat(issue);
    case "invalid_key":
      return `cannot be used as a name: ${issue.issues.map((inner) => inner.message).join("; ")}`;
    case "custom":
      return `is refused: ${issue.message}`;
    case "not_multiple_of":
    case "invalid_element":
    case "unrecognized_keys":
      return issue.message;
  }
}

/** What would be right, as a noun. */
function expectation(issue: Issue): string {
  if (issue.code === "invalid_type") return NOUNS[issue.expected] ?? issue.expected;
  if (issue.code === "invalid_value") return listOf(issue.values.map((value) => quote(String(value))));
  if (issue.code === "invalid_union") {
    const names =
      "options" in issue && Array.isArray(issue.options) ? issue.options.map((option) => quote(String(option))) : [];
    const expectations = new Set([...issue.errors.flat().map(expectation), ...names]);
    return names.length > 0 ? `one of ${names.join(", ")}` : listOf([...expectations]);
  }
  return "a value";
}

const NOUNS: Record<string, string> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "`true` or `false`",
  array: "a list",
  object: "an object",
  record: "an object",
};

function nounOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return quote(value);
  return typeof value === "number" || typeof value === "boolean" ? quote(String(value)) : "an object";
}

function unknownAlternative(issue: Issue, value: unknown): string {
  const options = "options" in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
  const nearest = typeof value === "string" ? nearestName(value, options) : undefined;
  const hint = nearest === undefined ? "" : `; did you mean ${quote(nearest)}?`;
  return `must be one of ${options.map(quote).join(", ")}, not ${nounOf(value)}${hint}`;
}

function tooSmall(issue: Issue & { code: "too_small" }): string {
  const least = String(issue.minimum);
  if (issue.origin === "array") return `needs at least ${least === "1" ? "one entry" : `${least} entries`}`;
  if (issue.origin === "string") return least === "1" ? "must not be empty" : `needs at least ${least} characters`;
  return issue.inclusive === false ? `must be more than ${least}` : `must be at least ${least}`;
}

function tooBig(issue: Issue & { code: "too_big" }): string {
  const most = String(issue.maximum);
  if (issue.origin === "array") return `may have at most ${most} entries`;
  if (issue.origin === "string") return `may have at most ${most} characters`;
  return issue.inclusive === false ? `must be less than ${most}` : `may be at most ${most}`;
}

function wrongFormat(issue: Issue & { code: "invalid_format" }): string {
  // Every prefix that the schemas ask for is that of an absolute path.
  if (issue.format === "starts_with") return "must start with `/`";
  if (issue.format === "datetime")
    return "must be a date and time with offset, like `2026-01-31T22:00:00Z` or `2026-01-31T23:00:00+01:00`";
  return `is malformed: ${issue.message}`;
}
