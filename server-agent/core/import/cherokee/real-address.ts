/** `x_real_ip_…`: proxies in front, whose word on a visitor's address Cherokee takes. */
import { ipRanges } from "../document/ip-ranges.ts";
import type { Draft } from "../document/draft.ts";
import type { Node } from "./tree.ts";

/** @param node A handler that runs programs, or a logger: they have it each for themselves. */
export function trustProxies(node: Node, draft: Draft): void {
  const parts = ["x_real_ip_enabled", "x_real_ip_access", "x_real_ip_access_all"].map((name) => node.at(name));
  const { known } = ipRanges(node.list("x_real_ip_access"));
  const isEnabled = node.flag("x_real_ip_enabled", false);
  const takesAny = isEnabled && node.flag("x_real_ip_access_all", false);
  if (isEnabled && !takesAny) for (const range of known) draft.trustedProxies.add(range);
  for (const part of parts)
    part?.rest((entry) => {
      if (!isEnabled) entry.carried("nothing, as in Cherokee");
      else if (takesAny) entry.left("any visitor could name another address; name your proxies in `trustedProxies`");
      else if (known.length === 0) entry.left("it names no address; name your proxies in `trustedProxies`");
      else entry.changed("`trustedProxies`, for all sites and conditions; the agent reads `X-Forwarded-For`");
    });
}
