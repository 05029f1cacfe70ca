/**
 * Reads `cherokee.conf`: one `key = value` a line, whose key is a path of names with `!` between
 * them (`vserver!10!rule!100!match`). Together they are a tree; numbers say what comes first.
 */
import { quote } from "../../wording.ts";
import type { Entry, Report } from "../document/report.ts";
import type { ImportFault, Surroundings } from "../document/surroundings.ts";

/** Cherokee skips lines that are shorter; the shortest assignment has more. */
const MIN_LINE_LENGTH = 5;
const MAX_INCLUDE_DEPTH = 16;

export class Node {
  readonly key: string;
  readonly children = new Map<string, Node>();
  value = "";
  /** The line that gives it its value; a node without one only has children. */
  entry: Entry | undefined;

  constructor(key: string) {
    this.key = key;
  }

  /** @param path As `match!directory`. */
  at(path: string): Node | undefined {
    return path.split("!").reduce<Node | undefined>((node, name) => node?.children.get(name), this);
  }

  /** Text of what is below; `""` where there is nothing. */
  text(path: string): string {
    return this.at(path)?.value ?? "";
  }

  /** As Cherokee reads a switch. */
  flag(path: string, byDefault: boolean): boolean {
    const value = this.text(path).toLowerCase();
    return value === "" ? byDefault : ["1", "on", "true", "yes"].includes(value);
  }

  /** Values beside each other (`a, b`), or those of its children, in their order. */
  list(path: string): string[] {
    const node = this.at(path);
    if (node === undefined) return [];
    const values = node.value === "" ? [...node.byNumber()].reverse().map(({ value }) => value) : node.value.split(",");
    return values.map((value) => value.trim()).filter((value) => value !== "");
  }

  /** Children with the highest number first, as Cherokee tries rules and servers. */
  byNumber(): Node[] {
    return [...this.children.values()].sort((a, b) => numberOf(b) - numberOf(a));
  }

  /** Lines of this node and everything below it. */
  entries(): Entry[] {
    const below = [...this.children.values()].flatMap((child) => child.entries());
    return this.entry === undefined ? below : [this.entry, ...below];
  }

  carried(as: string): void {
    this.entry?.carried(as);
  }

  /** Reports this node and everything below it that nothing was said about yet. */
  rest(say: (entry: Entry) => void): void {
    for (const entry of this.entries()) if (entry.outcome === undefined) say(entry);
  }
}

function numberOf({ key }: Node): number {
  return Number.parseInt(key, 10) || 0;
}

export type ParsedTree = { ok: true; tree: Node } | ImportFault;

export function parseTree(file: string, text: string, report: Report, surroundings: Surroundings): ParsedTree {
  const tree = new Node("");
  const fault = readInto(tree, file, text, { report, surroundings, depth: 0 });
  return fault ?? { ok: true, tree };
}

interface Reading {
  readonly report: Report;
  readonly surroundings: Surroundings;
  readonly depth: number;
}

function readInto(tree: Node, file: string, text: string, reading: Reading): ImportFault | undefined {
  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const line = raw.trim();
    if (line.length < MIN_LINE_LENGTH || line.startsWith("#")) continue;
    const equals = line.indexOf(" = ");
    // A line whose value is empty has lost its last blank.
    const key = (equals < 0 ? /^(\S+) =$/.exec(line)?.[1] : line.slice(0, equals).trim()) ?? "";
    const fault = (message: string): ImportFault => ({ ok: false, file, line: index + 1, message });
    if (key === "") return fault(`${quote(line)} is no \`KEY = VALUE\``);
    const entry = reading.report.entry(file, index + 1, line);
    const value = equals < 0 ? "" : line.slice(equals + 3).trim();
    if (key === "include" || key === "try_include") {
      const included = include(tree, value, key === "include", entry, reading);
      if (included === undefined) continue;
      return "ok" in included ? included : fault(included.message);
    }
    assign(tree, key, value, entry);
  }
  return undefined;
}

function assign(tree: Node, key: string, value: string, entry: Entry): void {
  let node = tree;
  for (const name of key.split("!")) {
    const next = node.children.get(name) ?? new Node(name);
    node.children.set(name, next);
    node = next;
  }
  node.entry?.left(`line ${String(entry.line)} of ${entry.file} sets it again and wins`);
  node.value = value;
  node.entry = entry;
}

function include(
  tree: Node,
  path: string,
  isNeeded: boolean,
  entry: Entry,
  { depth, report, surroundings }: Reading,
): ImportFault | { message: string } | undefined {
  if (depth >= MAX_INCLUDE_DEPTH) return { message: "files include each other" };
  const inFolder = surroundings.filesIn(path).filter((name) => !/\/[.#][^/]*$|~$/.test(name));
  const files = inFolder.length > 0 ? inFolder : [path];
  let read = 0;
  for (const file of files) {
    const text = surroundings.textOf(file);
    if (text === undefined) continue;
    read += 1;
    const fault = readInto(tree, file, text, { report, surroundings, depth: depth + 1 });
    if (fault !== undefined) return fault;
  }
  if (read > 0) entry.carried(`what ${quote(path)} says`);
  else if (isNeeded) return { message: `${path} cannot be read` };
  else entry.left("there is no such file");
  return undefined;
}
