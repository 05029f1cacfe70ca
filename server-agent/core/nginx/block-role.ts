/**
 * Whether a server block does nothing but send visitors elsewhere, and to which names: such blocks
 * belong to the site that they lead to.
 */
import type { Directive } from "./directives.ts";
import type { Placed, ServerBlock } from "./include-tree.ts";

export type BlockRole =
  | { role: "serves" }
  /** `targets`: names in the addresses, as far as they are written out. */
  | { role: "redirects"; targets: readonly string[] };

/** @param hosts Those of the block, for `$host` and the like. */
export function roleOf(block: ServerBlock, hosts: readonly string[]): BlockRole {
  const rules = block.body.flatMap((placed) => ruleOf(placed));
  const decided = rules.find(({ always }) => always);
  const redirects = rules.filter(({ to }) => to !== undefined);
  // Where every request meets a rule, locations are never reached.
  const pages = decided === undefined ? block.body.filter(isPage) : [];
  if (redirects.length === 0 || pages.length > 0) return { role: "serves" };
  if (decided === undefined && !block.body.some(isRootRedirect)) return { role: "serves" };
  return { role: "redirects", targets: redirects.flatMap(({ to }) => nameIn(to ?? "", hosts)) };
}

interface BlockRule {
  /** It ends every request that comes to it. */
  readonly always: boolean;
  readonly to: string | undefined;
}

function ruleOf({ directive }: Placed): BlockRule[] {
  const to = redirectTo(directive);
  if (directive.name === "return") return [{ always: true, to }];
  if (directive.name === "rewrite" && to !== undefined)
    return [{ always: /^\^?(?:\/?\(?\.[*+]\)?)?\$?$/.test(directive.args[0] ?? ""), to }];
  if (directive.name === "if" || directive.name === "location")
    return (directive.block?.directives ?? []).flatMap((inner) => {
      const target = redirectTo(inner);
      return target === undefined ? [] : [{ always: false, to: target }];
    });
  return [];
}

function redirectTo({ name, args }: Directive): string | undefined {
  if (name === "return") {
    const [status = "", address] = args;
    if (/^30[1278]$/.test(status)) return address ?? "";
    return /^(?:https?:\/\/|\$scheme:)/.test(status) ? status : undefined;
  }
  if (name !== "rewrite") return undefined;
  const [, address = "", flag] = args;
  return flag === "permanent" || flag === "redirect" || /^(?:https?:\/\/|\$scheme)/.test(address) ? address : undefined;
}

/** It shows something: no location for certificates, and none that refuses or redirects. */
function isPage({ directive }: Placed): boolean {
  if (directive.name === "try_files" || directive.name === "proxy_pass") return true;
  if (directive.name !== "location") return false;
  if (directive.args.some((arg) => arg.includes("well-known"))) return false;
  const inner = directive.block?.directives ?? [];
  return !inner.some(
    (rule) =>
      redirectTo(rule) !== undefined ||
      (rule.name === "return" && /^4\d\d$/.test(rule.args[0] ?? "")) ||
      (rule.name === "deny" && rule.args[0] === "all"),
  );
}

function isRootRedirect({ directive }: Placed): boolean {
  return (
    directive.name === "location" &&
    directive.args.at(-1) === "/" &&
    (directive.block?.directives ?? []).some((rule) => redirectTo(rule) !== undefined)
  );
}

/** A variable that stands for the path behind the name may follow without a slash. */
function nameIn(address: string, hosts: readonly string[]): string[] {
  const host = /^(?:https?|\$scheme):\/\/([^/:?]*)/.exec(address)?.[1] ?? "";
  const own = /^([^$]*)\$\{?(?:host|http_host|server_name)\b/.exec(host);
  if (own !== null) return hosts.map((name) => `${own[1] ?? ""}${name}`.toLowerCase());
  const written = host.replace(/\$.*$/, "").toLowerCase();
  return written === "" ? [] : [written];
}
