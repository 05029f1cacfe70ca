/** How a document differs from one that is valid, and what of it is left to be validated. */
import type { Config, VirtualHost } from "../../contract/config.ts";
import { commonEnds, sharesRest } from "./in-common.ts";

export interface DocumentChange {
  readonly fresh: readonly VirtualHost[];
  readonly gone: readonly VirtualHost[];
  /** Valid exactly when the whole document is. */
  readonly part: Config;
}

/**
 * Of two documents that have most virtual hosts in common, as the very same objects. Undefined
 * where more would have to be looked at than what is new, and what it refers to.
 *
 * @param before Valid.
 */
export function documentChange(config: Config, before: Config): DocumentChange | undefined {
  if (!sharesRest(before, config)) return undefined;
  const { start, end } = commonEnds(before.virtualHosts, config.virtualHosts);
  const catchAll = config.virtualHosts.at(-1);
  if (catchAll === undefined || end === 0) return undefined;
  const old = new Set(before.virtualHosts.slice(start, before.virtualHosts.length - end));
  // What has only moved is as good as before.
  const fresh = config.virtualHosts
    .slice(start, config.virtualHosts.length - end)
    .filter((virtualHost) => !old.delete(virtualHost));
  const gone = [...old];
  // One certificate for a name, one way to rotate a file: that concerns all virtual hosts.
  if ([...fresh, ...gone].some(({ tls }) => tls !== undefined)) return undefined;
  const logs = new Set(before.virtualHosts.map(({ accessLog }) => accessLog));
  if (fresh.some(({ accessLog }) => accessLog !== undefined && !logs.has(accessLog))) return undefined;
  const needed = neededBy(fresh, gone, config);
  if (needed === undefined) return undefined;
  const part = new Set([...fresh, ...needed]);
  part.delete(catchAll);
  return { fresh, gone, part: { ...config, virtualHosts: [...part, catchAll] } };
}

/**
 * The originals of new copycats, and one certificate for listeners that need any. Undefined where
 * the id of a new virtual host is taken, or a copycat has lost its original.
 */
function neededBy(
  fresh: readonly VirtualHost[],
  gone: readonly VirtualHost[],
  { virtualHosts }: Config,
): VirtualHost[] | undefined {
  const ids = new Set(fresh.map(({ id }) => id));
  const lost = new Set(gone.map(({ id }) => id).filter((id) => !ids.has(id)));
  const originals = new Set(fresh.map(({ copycatOf }) => copycatOf));
  const needed: VirtualHost[] = [];
  const seen = new Set<string>();
  let hasCertificate = false;
  for (const virtualHost of virtualHosts) {
    const { id, copycatOf, tls } = virtualHost;
    if (ids.has(id) && seen.has(id)) return undefined;
    if (ids.has(id)) seen.add(id);
    if (copycatOf !== undefined && lost.has(copycatOf)) return undefined;
    if (originals.has(id) || (tls !== undefined && !hasCertificate)) needed.push(virtualHost);
    hasCertificate ||= tls !== undefined;
  }
  return needed;
}
