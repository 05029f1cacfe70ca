/**
 * Whether a site block does nothing but send visitors elsewhere, and to which names: such blocks
 * belong to the site that they lead to.
 */
import type { Placed } from "./include-tree.ts";

export type BlockRole =
  | { role: "serves" }
  /** `targets`: names in the address, as far as they are written out. */
  | { role: "redirects"; targets: readonly string[] };

/** They say how visitors come, not what they get. */
const ABOUT_THE_WAY = new Set(["tls", "bind", "log", "encode", "header"]);

/** @param hosts Those of the block, for `{host}` and the like. */
export function roleOf(body: readonly Placed[], hosts: readonly string[]): BlockRole {
  const rules = body.filter(({ words }) => !ABOUT_THE_WAY.has(words[0] ?? ""));
  const [only] = rules;
  if (only === undefined || rules.length > 1 || only.words[0] !== "redir") return { role: "serves" };
  const args = only.words.slice(1);
  const [first = "", second] = args;
  if (first === "*" && second !== undefined) return { role: "redirects", targets: namesIn(second, hosts) };
  const isMatcher = first.startsWith("@") || (first.startsWith("/") && second !== undefined && !isCode(second));
  return isMatcher ? { role: "serves" } : { role: "redirects", targets: namesIn(first, hosts) };
}

function isCode(word: string): boolean {
  return /^(?:\d+|permanent|temporary|html)$/.test(word);
}

function namesIn(address: string, hosts: readonly string[]): string[] {
  const authority = /^(?:https?|\{[^}]*\}):\/\/([^/?]*)/.exec(address)?.[1] ?? "";
  const own = /^([^{]*)\{(?:http\.request\.)?host\}/.exec(authority);
  if (own !== null) return hosts.map((name) => `${own[1] ?? ""}${name}`.toLowerCase());
  const name = authority.replace(/\{.*$/, "").replace(/:\d*$/, "").toLowerCase();
  return name === "" ? [] : [name];
}
