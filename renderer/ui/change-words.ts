/** A change of a configuration in words: what was changed, not where it stands. Pure. */
import type { Change } from "../../main/contract/agent.ts";

/** `shop: host www.example.com removed`, `shop-copycat added`, `shop: rules/0/handler changed`. */
export function changeWords({ kind, path, virtualHost, before, after }: Change): string {
  // `/virtualHosts/0/hosts/2`: the number of the virtual host says nothing to people.
  const [, , index, ...rest] = path.split("/");
  if (virtualHost === undefined || index === undefined) return `${path.slice(1)} ${kind}`;
  if (rest.length === 0)
    return kind === "moved" && typeof before === "number" && typeof after === "number"
      ? `${virtualHost} moved from place ${String(before + 1)} to ${String(after + 1)}`
      : `${virtualHost} ${kind}`;
  const [field, position] = rest;
  if (field === "hosts" && position !== undefined) {
    if (kind === "changed") return `${virtualHost}: host ${String(before)} replaced by ${String(after)}`;
    return `${virtualHost}: host ${String(kind === "removed" ? before : after)} ${kind}`;
  }
  if (field === "rules" && position !== undefined)
    return `${virtualHost}: rule ${Number(position) + 1}${rest.length > 2 ? `, ${rest.slice(2).join("/")}` : ""} ${kind}`;
  return `${virtualHost}: ${rest.join("/")} ${kind}`;
}
