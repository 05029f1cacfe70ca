import type { Config } from "../../contract/config.ts";
import { commonEnds } from "./in-common.ts";

/**
 * Whether two documents are the same as text, down to the order of keys. What they share as the
 * very same virtual hosts is not written down for that.
 */
export function isSameText(first: Config, second: Config): boolean {
  const { start, end } = commonEnds(first.virtualHosts, second.virtualHosts);
  const differing = (config: Config): string =>
    JSON.stringify({ ...config, virtualHosts: config.virtualHosts.slice(start, config.virtualHosts.length - end) });
  return differing(first) === differing(second);
}
