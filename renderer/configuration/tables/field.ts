/**
 * What a form says of a field of the configuration. Tables of these, one for each part of the
 * contract, are all that the forms know: a new field is a line in its table, and a table that
 * lacks a field of the contract does not compile.
 */
import type { PlainMessage } from "../../../main/language/translate.ts";

interface Common {
  label: PlainMessage;
  /** A function where it has values. */
  hint?: PlainMessage | (() => string);
  /** It is always there; others are added when they are wanted. */
  required?: true;
  /** It comes along with what it belongs to, as most want it there. */
  atOnce?: true;
  placeholder?: string;
  /** What it is when it is added; by its kind unless said. */
  initial?: unknown;
}

export type Field =
  | (Common & { kind: "text"; /** Text of several lines. */ lines?: true })
  | (Common & { kind: "number" })
  | (Common & { kind: "flag" })
  /** One of a few values, which may be any JSON. */
  | (Common & { kind: "choice"; options: readonly (readonly [unknown, PlainMessage | (() => string)])[] })
  /**
   * Entries one per line; `words`: also separated by spaces and commas. `orOne`: a single one
   * stands without a list. `numbers`: entries are numbers.
   */
  | (Common & { kind: "list"; words?: true; orOne?: true; numbers?: true })
  /**
   * Names and values. `texts`: a list of several values, one per line. `match`: the same, and
   * `true` for any value, which is an empty one here.
   */
  | (Common & { kind: "pairs"; names: PlainMessage; values: PlainMessage; each: "text" | "texts" | "match" })
  /**
   * `orTrue`: `true` stands for one without options. `orText`: a text stands for one with this
   * field alone.
   */
  | (Common & { kind: "group"; fields: Fields; orTrue?: true; orText?: string })
  /** One of several groups, told apart by a field that only one of them has. */
  | (Common & { kind: "either"; groups: readonly { by: string; label: PlainMessage; fields: Fields }[] })
  /** A list of such groups. While all of them are texts, they are entered as lines. */
  | (Common & { kind: "items"; fields: Fields; orText?: string; item: PlainMessage })
  /** Groups by name. `item`: what one of them is called. */
  | (Common & { kind: "named"; fields: Fields; item: PlainMessage })
  | (Common & { kind: "condition" })
  | (Common & { kind: "conditions"; joined: "or" | "and" })
  /** An application, by its name. `protocols`: what its handler speaks, the usual one first. */
  | (Common & { kind: "upstream"; protocols: readonly [string, ...string[]] })
  /** Names and hashes of passwords, which are made here from what is entered. */
  | (Common & { kind: "users" })
  /** Who issues a certificate, by its name. */
  | (Common & { kind: "authority" })
  /** What answers; its type decides which fields it has. */
  | (Common & { kind: "handler" })
  /** Edited as JSON only. */
  | { kind: "json" };

/** A field that has others in it. */
export type NestedField = Extract<Field, { kind: "group" | "either" | "items" | "named" | "condition" | "conditions" }>;

export type Fields = Readonly<Record<string, Field>>;

/** A form field for each field of a part of the contract. */
export type FieldsOf<Part> = { readonly [Key in keyof Part]-?: Field };

/** On purpose without a form field. */
export const JSON_ONLY: Field = { kind: "json" };
