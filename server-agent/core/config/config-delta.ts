/**
 * A document as what differs from another one, for whoever has that one: of many thousand virtual
 * hosts a switch changes a few, and the rest is neither to be read nor to be compiled again.
 */
import type { Config, VirtualHost } from "../../contract/config.ts";
import { commonEnds } from "./common-ends.ts";
import { isEqual } from "./diff-values.ts";

export interface ConfigDelta {
  /** Everything but the virtual hosts. */
  readonly rest: Omit<Config, "virtualHosts">;
  /** In order: so many of the other document's from this index on, or one that it does not have. */
  readonly virtualHosts: readonly (Run | VirtualHost)[];
}

type Run = [from: number, count: number];

export function deltaOf(before: Config, after: Config): ConfigDelta {
  const { start, end } = commonEnds(before.virtualHosts, after.virtualHosts);
  const old = before.virtualHosts.slice(start, before.virtualHosts.length - end);
  const places = new Map(old.map(({ id }, index) => [id, start + index]));
  const virtualHosts: (Run | VirtualHost)[] = [];
  let run: Run | undefined;
  const keep = (place: number, count: number): void => {
    if (count === 0) return;
    if (run !== undefined && place === run[0] + run[1]) run[1] += count;
    else virtualHosts.push((run = [place, count]));
  };
  keep(0, start);
  for (const virtualHost of after.virtualHosts.slice(start, after.virtualHosts.length - end)) {
    const place = places.get(virtualHost.id);
    if (place !== undefined && isEqual(before.virtualHosts[place], virtualHost)) keep(place, 1);
    else {
      run = undefined;
      virtualHosts.push(virtualHost);
    }
  }
  keep(before.virtualHosts.length - end, end);
  const { virtualHosts: _, ...rest } = after;
  return { rest, virtualHosts };
}

/** What has not changed is taken over: the very same objects. */
export function applyDelta(before: readonly VirtualHost[], { rest, virtualHosts }: ConfigDelta): Config {
  const all: VirtualHost[] = [];
  for (const part of virtualHosts) {
    if (isRun(part)) for (let at = part[0]; at < part[0] + part[1]; at++) all.push(kept(before, at));
    else all.push(part);
  }
  return { ...rest, virtualHosts: all };
}

function isRun(part: Run | VirtualHost): part is Run {
  return Array.isArray(part);
}

function kept(before: readonly VirtualHost[], at: number): VirtualHost {
  const virtualHost = before[at];
  if (virtualHost === undefined) throw new Error(`there is no virtual host ${String(at)} to keep`);
  return virtualHost;
}
