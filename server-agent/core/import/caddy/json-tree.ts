/**
 * A JSON document whose values know their line. Each value without others in it is a directive of
 * the report, named by its JSON Pointer.
 */
import { childPointer } from "../../json-pointer.ts";
import type { Entry, Report } from "../document/report.ts";

export class JsonNode {
  readonly key: string;
  /** Text, number, switch or null; undefined for an object or a list. */
  readonly scalar: string | number | boolean | null | undefined;
  readonly #children = new Map<string, JsonNode>();
  readonly #entry: Entry | undefined;

  constructor(key: string, scalar: JsonNode["scalar"], entry: Entry | undefined) {
    this.key = key;
    this.scalar = scalar;
    this.#entry = entry;
  }

  add(child: JsonNode): void {
    this.#children.set(child.key, child);
  }

  /** @param path Keys with a slash between them. */
  at(path: string): JsonNode | undefined {
    return path.split("/").reduce<JsonNode | undefined>((node, key) => node?.child(key), this);
  }

  child(key: string): JsonNode | undefined {
    return this.#children.get(key);
  }

  /** What is in an object or a list, in order. */
  items(path = ""): JsonNode[] {
    const node = path === "" ? this : this.at(path);
    return node === undefined ? [] : [...node.#children.values()];
  }

  text(path: string): string {
    const scalar = this.at(path)?.scalar;
    return scalar === undefined || scalar === null ? "" : String(scalar);
  }

  /** Texts of a list. */
  list(path: string): string[] {
    return this.items(path).map(({ scalar }) => String(scalar));
  }

  entries(): Entry[] {
    const below = this.items().flatMap((child) => child.entries());
    return this.#entry === undefined ? below : [this.#entry, ...below];
  }

  /** Reports everything in it that nothing was said about yet. */
  rest(say: (entry: Entry) => void): void {
    for (const entry of this.entries()) if (entry.outcome === undefined) say(entry);
  }

  carried(as: string): void {
    this.rest((entry) => {
      entry.carried(as);
    });
  }

  left(why: string): void {
    this.rest((entry) => {
      entry.left(why);
    });
  }

  /** Whatever was said of it before. */
  closed(why: string): void {
    for (const entry of this.entries()) entry.closed(`answered with 403: ${why}`);
  }
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** @param text Valid JSON. */
export function readTree(file: string, text: string, report: Report): JsonNode {
  const tokens = text.matchAll(TOKEN);
  let line = 1;
  let counted = 0;
  const next = (): string => {
    const token = tokens.next();
    if (token.done === true) return "";
    for (; counted < token.value.index; counted += 1) if (text[counted] === "\n") line += 1;
    return token.value[0];
  };
  const root = new JsonNode("", undefined, undefined);
  const open: { node: JsonNode; pointer: string; isList: boolean }[] = [];
  let key: string | undefined;
  for (let token = next(); token !== ""; token = next()) {
    const around = open.at(-1);
    if (token === "," || token === ":") continue;
    if (token === "}" || token === "]") {
      open.pop();
      continue;
    }
    if (around !== undefined && !around.isList && key === undefined) {
      key = JSON.parse(token) as string;
      continue;
    }
    const name = key ?? String(around?.node.items().length ?? 0);
    key = undefined;
    const pointer = around === undefined ? "" : childPointer(around.pointer, name);
    if (token === "{" || token === "[") {
      const node = around === undefined ? root : new JsonNode(name, undefined, undefined);
      around?.node.add(node);
      open.push({ node, pointer, isList: token === "[" });
      continue;
    }
    const entry = report.entry(file, line, `${pointer}: ${token}`);
    around?.node.add(new JsonNode(name, JSON.parse(token) as JsonNode["scalar"], entry));
  }
  return root;
}
