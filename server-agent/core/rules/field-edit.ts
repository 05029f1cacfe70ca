/** Operations on header fields as one step: what is left out, and what is written instead. */
import type { HeaderOperations } from "../../contract/rules/rule.ts";
import { compileFieldValue, type FieldSource } from "./field-template.ts";

export interface FieldEdit {
  /** Whether fields of this name, in lower case, are left out. */
  removes(name: string): boolean;
  /**
   * The same for a request: also fields that applications take for one of these, as CGI and WSGI
   * see `X_User` and `X-User` as one variable.
   */
  removesAlike(name: string): boolean;
  /** What is written behind the others: name, value, name, value. */
  added(source: FieldSource): string[];
}

/** @param operations From several rules, in the order in which they apply. */
export function compileFieldEdit(operations: readonly HeaderOperations[]): FieldEdit | undefined {
  if (operations.length === 0) return undefined;
  const removed = new Set<string>();
  let added: { readonly name: string; readonly valueOf: (source: FieldSource) => string }[] = [];
  const remove = (name: string): void => {
    removed.add(name.toLowerCase());
    added = added.filter((field) => field.name.toLowerCase() !== name.toLowerCase());
  };
  for (const { remove: names = [], set = {}, add = {} } of operations) {
    for (const name of [...names, ...Object.keys(set)]) remove(name);
    for (const [name, values] of [...Object.entries(set), ...Object.entries(add)])
      for (const value of [values].flat()) added.push({ name, valueOf: compileFieldValue(value) });
  }
  const alike = new Set(Array.from(removed, dashed));
  return {
    removes: (name) => removed.has(name),
    removesAlike: (name) => alike.has(dashed(name)),
    added: (source) => added.flatMap(({ name, valueOf }) => [name, valueOf(source)]),
  };
}

function dashed(name: string): string {
  return name.replaceAll("_", "-");
}

/** @param fields Name, value, name, value. */
export function editFields(fields: readonly string[], edit: FieldEdit, source: FieldSource): string[] {
  return [...without(fields, (name) => edit.removes(name)), ...edit.added(source)];
}

export function without(fields: readonly string[], isOne: (name: string) => boolean): string[] {
  const kept: string[] = [];
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] ?? "";
    if (!isOne(name.toLowerCase())) kept.push(name, fields[index + 1] ?? "");
  }
  return kept;
}
