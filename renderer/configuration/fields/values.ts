/** Values of the configuration as the text of form fields, and back. Pure. */
import type { Field, Fields } from "../tables/field.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

/** A name and its value in a field of kind `pairs`; several values are lines. */
export interface Pair {
  name: string;
  text: string;
}

type TextField = Extract<Field, { kind: "text" | "number" | "list" }>;
type GroupField = Pick<Extract<Field, { kind: "group" }>, "orTrue" | "orText">;
type PairsField = Extract<Field, { kind: "pairs" }>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object with another value in a field, which goes when the value is `undefined`. */
export function withKey(object: JsonObject, key: string, value: unknown): JsonObject {
  if (value !== undefined) return { ...object, [key]: value };
  const { [key]: _, ...rest } = object;
  return rest;
}

/** JSON Pointer of what is in a part (RFC 6901). */
export function pointer(within: string, key: string | number): string {
  return `${within}/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** What is there; undefined for nothing. @param path JSON Pointer (RFC 6901) */
export function valueAt(document: unknown, path: string): unknown {
  let value = document;
  for (const part of path.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    value = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  }
  return value;
}

/** What was added and not filled in yet. */
export function isBlank(value: unknown): boolean {
  return value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

/** `undefined` where the field cannot show the value, which then stays as it is. */
export function textOf(field: TextField, value: unknown): string | undefined {
  if (value === undefined) return "";
  if (field.kind !== "list") {
    // What is no number stays as it was typed, and the agent says so.
    return typeof value === "string" || (field.kind === "number" && typeof value === "number")
      ? String(value)
      : undefined;
  }
  const entries: unknown[] = Array.isArray(value) ? value : [value];
  const isShown = entries.every(
    (each) => typeof each === "string" || (field.numbers === true && typeof each === "number"),
  );
  return isShown ? entries.join("\n") : undefined;
}

export function valueOf(field: TextField, text: string): unknown {
  if (field.kind === "text") return text;
  if (field.kind === "number") return numberIn(text.trim());
  const texts = field.words === true ? wordsIn(text) : linesIn(text);
  const entries = field.numbers === true ? texts.map(numberIn) : texts;
  return field.orOne === true && entries.length === 1 ? entries[0] : entries;
}

/** The pairs, or `undefined` where they cannot be shown as such. */
export function pairsOf(field: PairsField, value: unknown): Pair[] | undefined {
  if (value === undefined) return [];
  if (!isObject(value)) return undefined;
  const pairs: Pair[] = [];
  for (const [name, each] of Object.entries(value)) {
    if (typeof each === "string") pairs.push({ name, text: each });
    else if (field.each === "match" && each === true) pairs.push({ name, text: "" });
    else if (field.each !== "text" && isTexts(each)) pairs.push({ name, text: each.join("\n") });
    else return undefined;
  }
  return pairs;
}

/** The last of pairs with the same name counts; those without a name are not there yet. */
export function ofPairs(field: PairsField, pairs: readonly Pair[]): Record<string, true | string | string[]> {
  return Object.fromEntries(
    pairs.flatMap(({ name, text }) => {
      const trimmed = name.trim();
      return trimmed === "" ? [] : [[trimmed, field.each === "text" ? text : oneOrMany(field, text)]];
    }),
  );
}

/** A group as an object, whatever short form it has; `undefined` for what is none. */
export function optionsOf(field: GroupField, value: unknown): JsonObject | undefined {
  if (value === undefined || (field.orTrue === true && value === true)) return {};
  if (field.orText !== undefined && typeof value === "string") return { [field.orText]: value };
  return isObject(value) ? value : undefined;
}

/** The same back, in its short form where there is one. */
export function ofOptions(field: GroupField, options: JsonObject): unknown {
  const keys = Object.keys(options);
  if (field.orTrue === true && keys.length === 0) return true;
  return keys.length === 1 && keys[0] === field.orText ? options[keys[0] ?? ""] : options;
}

/** Whether a field of this kind can show the value. */
export function fits(field: Field, shown: unknown): boolean {
  switch (field.kind) {
    case "text":
    case "number":
    case "list":
      return textOf(field, shown) !== undefined;
    case "choice":
      return isBlank(shown) || field.options.some(([each]) => JSON.stringify(each) === JSON.stringify(shown));
    case "flag":
      return typeof shown === "boolean";
    case "pairs":
      return pairsOf(field, shown) !== undefined;
    case "group":
      return isObject(optionsOf(field, shown));
    case "either":
      return isObject(shown) && field.groups.some(({ by }) => shown[by] !== undefined);
    case "named":
      return shown === undefined || (isObject(shown) && Object.values(shown).every(isObject));
    case "condition":
      return isObject(shown);
    case "users":
      return isObject(shown) && Object.values(shown).every((hash) => typeof hash === "string");
    case "items":
      return shown === undefined || (Array.isArray(shown) && shown.every((each) => isObject(optionsOf(field, each))));
    case "conditions":
      return Array.isArray(shown) && shown.every(isObject);
    case "upstream":
    case "authority":
      return shown === undefined || typeof shown === "string";
    case "handler":
      return shown === undefined || isObject(shown);
    case "json":
      return false;
  }
}

/** What a field is when somebody adds it. */
export function initialOf(field: Field): unknown {
  if (field.kind === "json") return undefined;
  if (field.initial !== undefined) return field.initial;
  switch (field.kind) {
    case "text":
    case "number":
    case "upstream":
    case "authority":
      return "";
    case "flag":
      return true;
    case "choice":
      return field.options[0]?.[0];
    case "list":
    case "items":
      return [];
    case "group":
      return ofOptions(field, startOf(field.fields));
    case "pairs":
    case "users":
    case "named":
    case "condition":
    case "handler":
      return {};
    case "either":
      return startOf(field.groups[0]?.fields ?? {});
    case "conditions":
      return [{}, {}];
  }
}

/** A part as it is when somebody adds it. */
export function startOf(fields: Fields): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, field]) =>
      field.kind !== "json" && (field.required === true || field.atOnce === true) ? [[key, initialOf(field)]] : [],
    ),
  );
}

/** The lines for items that are all texts; `undefined` for others. */
export function linesOfItems(field: Extract<Field, { kind: "items" }>, value: unknown): string[] | undefined {
  return field.orText === undefined ? undefined : value === undefined ? [] : isTexts(value) ? value : undefined;
}

/** Fields that are shown, and those that can be added, in the order of the table. */
export function shownAndOffered(fields: Fields, value: JsonObject): { shown: string[]; offered: string[] } {
  const [shown, offered]: [string[], string[]] = [[], []];
  for (const [key, field] of Object.entries(fields)) {
    if (value[key] !== undefined || (field.kind !== "json" && field.required === true)) shown.push(key);
    else if (field.kind !== "json") offered.push(key);
  }
  return { shown, offered };
}

function oneOrMany(field: PairsField, text: string): true | string | string[] {
  const lines = linesIn(text);
  if (lines.length > 1) return lines;
  return lines[0] ?? (field.each === "match" ? true : "");
}

function linesIn(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** What is no number stays text. */
function numberIn(text: string): number | string {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

/** A regular expression may have spaces and commas. */
function wordsIn(text: string): string[] {
  return text.includes("~") ? linesIn(text) : [...new Set(text.split(/[\s,;]+/).filter((entry) => entry !== ""))];
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === "string");
}
