/** Where a field stands in JSON, so that a problem can be shown at its field. Pure. */
import { parser } from "@lezer/json";

/** Offsets in the text; `to` is not included. */
export interface TextRange {
  from: number;
  to: number;
}

type SyntaxNode = ReturnType<typeof parser.parse>["topNode"];

const VALUES = ["Object", "Array", "String", "Number", "True", "False", "Null"];

/**
 * Range of each value by JSON Pointer (RFC 6901); that of a field begins with its name.
 * @throws {SyntaxError} when the text is not JSON.
 */
export function rangesByPointer(text: string): Map<string, TextRange> {
  JSON.parse(text);
  const ranges = new Map<string, TextRange>();
  const add = (value: SyntaxNode, pointer: string, from = value.from): void => {
    ranges.set(pointer, { from, to: value.to });
    for (const [index, property] of value.getChildren("Property").entries()) {
      const name = property.getChild("PropertyName");
      const child = valueIn(property);
      if (child !== undefined) add(child, `${pointer}/${escaped(nameIn(text, name) ?? String(index))}`, property.from);
    }
    if (value.name === "Array") valuesIn(value).forEach((child, index) => add(child, `${pointer}/${index}`));
  };
  const whole = valueIn(parser.parse(text).topNode);
  if (whole !== undefined) add(whole, "");
  return ranges;
}

/** The nearest part that is written down: a missing field is shown at the object that lacks it. */
export function rangeOf(ranges: ReadonlyMap<string, TextRange>, pointer: string): TextRange {
  for (let path = pointer; path !== ""; path = path.slice(0, path.lastIndexOf("/"))) {
    const range = ranges.get(path);
    if (range !== undefined) return range;
  }
  return { from: 0, to: 0 };
}

/** Where the text stops being JSON: as the error says, else where the grammar does not go on. */
export function rangeOfSyntaxError(text: string, error: SyntaxError): TextRange {
  const said = /position (\d+)/.exec(error.message)?.[1];
  const at = said === undefined ? firstFault(text) : Math.min(Number(said), text.length);
  return { from: at, to: Math.min(at + 1, text.length) };
}

/** Counted from 0. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length - 1;
}

function firstFault(text: string): number {
  let first = text.length;
  parser.parse(text).iterate({
    enter: ({ type, from }) => {
      if (type.isError) first = Math.min(first, from);
    },
  });
  return first;
}

function valuesIn(node: SyntaxNode): SyntaxNode[] {
  return VALUES.flatMap((name) => node.getChildren(name)).sort((one, other) => one.from - other.from);
}

function valueIn(node: SyntaxNode): SyntaxNode | undefined {
  return valuesIn(node)[0];
}

function nameIn(text: string, name: SyntaxNode | null): string | undefined {
  return name === null ? undefined : (JSON.parse(text.slice(name.from, name.to)) as string);
}

function escaped(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
