/**
 * Whether a virtual host does nothing but send visitors elsewhere, and to which names: such ones
 * belong to the site that they lead to.
 */
import type { Placed } from "./configuration.ts";

export type BlockRole =
  | { role: "serves" }
  /** `targets`: names in the addresses, as far as they are written out. */
  | { role: "redirects"; targets: readonly string[] };

/** @param hosts Those of the block, for `%{SERVER_NAME}` and the like. */
export function roleOf(body: readonly Placed[], hosts: readonly string[]): BlockRole {
  const targets = body.flatMap((placed) => wholeRedirect(placed, body) ?? []);
  if (targets.length === 0) return { role: "serves" };
  return { role: "redirects", targets: targets.flatMap((address) => nameIn(address, hosts)) };
}

const STATUS = /^(?:permanent|temp|seeother|30[12378])$/i;

/** The address that every request is sent to; undefined for what does something else. */
function wholeRedirect({ directive: { name }, args }: Placed, body: readonly Placed[]): string | undefined {
  const plain = STATUS.test(args[0] ?? "") ? args.slice(1) : args;
  const [from = "", to = ""] = plain;
  if (name === "redirect" || name === "redirectpermanent" || name === "redirecttemp")
    return from === "/" && isAddress(to) ? to : undefined;
  if (name === "redirectmatch") return isEverything(from) && isAddress(to) ? to : undefined;
  if (name !== "rewriterule") return undefined;
  const [pattern = "", address = "", flags = ""] = args;
  const sendsAway = /[[,]\s*(?:R(?:edirect)?)(?:=\w+)?\s*[,\]]/i.test(flags);
  return isEverything(pattern) && sendsAway && isAddress(address) && !isFiltered(body) ? address : undefined;
}

/** `^`, `(.*)`, `^/?(.*)$` and the like. */
function isEverything(pattern: string): boolean {
  return /^\^?\/?\??\(?(?:\.[*+])?\)?\$?$/.test(pattern);
}

function isAddress(text: string): boolean {
  return /^https?:\/\//i.test(text);
}

/** Conditions on more than how the visitor came, and paths of certificate renewal. */
function isFiltered(body: readonly Placed[]): boolean {
  return body.some(
    ({ directive, args: [test = "", pattern = ""] }) =>
      directive.name === "rewritecond" &&
      !/%\{(?:SERVER_NAME|HTTP_HOST|HTTPS|SERVER_PORT|HTTP:X-Forwarded-Proto)\}/i.test(test) &&
      !pattern.includes("well-known"),
  );
}

function nameIn(address: string, hosts: readonly string[]): string[] {
  const host = /^https?:\/\/([^/:?$]*)/i.exec(address)?.[1] ?? "";
  const own = /^([^%]*)%\{(?:SERVER_NAME|HTTP_HOST)\}/i.exec(host);
  if (own !== null) return hosts.map((name) => `${own[1] ?? ""}${name}`.toLowerCase());
  return host.includes("%") || host === "" ? [] : [host.toLowerCase()];
}
