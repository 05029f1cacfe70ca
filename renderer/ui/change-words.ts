/** A change of a configuration in words: what was changed, not where it stands. Pure. */
import { t } from "../../main/language/translate.ts";
import type { Change } from "../../main/contract/agent.ts";

/** `shop: host www.example.com removed`, `shop-copycat added`, `shop: rules/0/handler changed`. */
export function changeWords({ kind, path, virtualHost, before, after }: Change): string {
  // `/virtualHosts/0/hosts/2`: the number of the virtual host says nothing to people.
  const [, , index, ...rest] = path.split("/");
  if (virtualHost === undefined || index === undefined) return happened(kind, path.slice(1));
  if (rest.length === 0)
    return kind === "moved" && typeof before === "number" && typeof after === "number"
      ? t("{virtualHost} moved from place {before} to {after}", { virtualHost, before: before + 1, after: after + 1 })
      : happened(kind, virtualHost);
  const [field, position] = rest;
  if (field === "hosts" && position !== undefined) {
    if (kind === "changed")
      return t("{virtualHost}: host {before} replaced by {after}", {
        virtualHost,
        before: String(before),
        after: String(after),
      });
    const host = String(kind === "removed" ? before : after);
    return happened(kind, t("{virtualHost}: host {host}", { virtualHost, host }));
  }
  if (field === "rules" && position !== undefined) {
    const rule = t("{virtualHost}: rule {number}", { virtualHost, number: Number(position) + 1 });
    return happened(kind, rest.length > 2 ? `${rule}, ${rest.slice(2).join("/")}` : rule);
  }
  return happened(kind, `${virtualHost}: ${rest.join("/")}`);
}

function happened(kind: Change["kind"], what: string): string {
  switch (kind) {
    case "added":
      return t("{what} added", { what });
    case "removed":
      return t("{what} removed", { what });
    case "changed":
      return t("{what} changed", { what });
    case "moved":
      return t("{what} moved", { what });
  }
}
