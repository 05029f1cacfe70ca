import type { Change } from "../../contract/agent.ts";
import type { Config, VirtualHost } from "../../contract/config.ts";
import { commonEnds } from "./in-common.ts";
import { diffValues } from "./diff-values.ts";
import { longestIncreasing } from "./longest-increasing.ts";

/**
 * What is different between two documents, for people and receipts. Virtual hosts are compared by
 * id: added, removed, moved (as few as explain the new order) and changed inside. Everything else
 * is compared by its place. Paths of what is removed are those of the document before, all others
 * those of the document after; a move has the two indices as values. Empty exactly when the
 * documents are equal; the order of keys is no difference.
 */
export function diffConfig(before: Config, after: Config): Change[] {
  const { virtualHosts: hostsBefore, ...restBefore } = before;
  const { virtualHosts: hostsAfter, ...restAfter } = after;
  return [...diffVirtualHosts(hostsBefore, hostsAfter), ...diffValues(restBefore, restAfter, "")];
}

interface Placed {
  virtualHost: VirtualHost;
  index: number;
}

function diffVirtualHosts(before: readonly VirtualHost[], after: readonly VirtualHost[]): Change[] {
  const changes: Change[] = [];
  const { start, end } = commonEnds(before, after);
  const old = byId(before, start, before.length - end);
  const now = byId(after, start, after.length - end);
  for (const [key, { virtualHost, index }] of old) {
    if (!now.has(key))
      changes.push({ kind: "removed", path: pathOf(index), virtualHost: virtualHost.id, before: virtualHost });
  }
  const kept: { from: Placed; to: Placed }[] = [];
  for (const [key, to] of now) {
    const from = old.get(key);
    if (from === undefined)
      changes.push({ kind: "added", path: pathOf(to.index), virtualHost: to.virtualHost.id, after: to.virtualHost });
    else kept.push({ from, to });
  }
  const inPlace = longestIncreasing(kept.map(({ from }) => from.index));
  for (const [position, { from, to }] of kept.entries()) {
    const { id } = to.virtualHost;
    if (!inPlace.has(position))
      changes.push({ kind: "moved", path: pathOf(to.index), virtualHost: id, before: from.index, after: to.index });
    for (const change of diffValues(from.virtualHost, to.virtualHost, pathOf(to.index)))
      changes.push({ ...change, virtualHost: id });
  }
  return changes;
}

/**
 * Those from one index to another, by id; should an id occur twice, by id and occurrence, so that
 * nothing is lost.
 */
function byId(virtualHosts: readonly VirtualHost[], from: number, to: number): Map<string, Placed> {
  const placed = new Map<string, Placed>();
  const seen = new Map<string, number>();
  for (let index = from; index < to; index += 1) {
    const virtualHost = virtualHosts[index];
    if (virtualHost === undefined) continue;
    const occurrence = seen.get(virtualHost.id) ?? 0;
    seen.set(virtualHost.id, occurrence + 1);
    placed.set(`${virtualHost.id}/${String(occurrence)}`, { virtualHost, index });
  }
  return placed;
}

function pathOf(index: number): string {
  return `/virtualHosts/${String(index)}`;
}
