/**
 * A document as what differs from another one, for whoever has that one: of many thousand virtual
 * hosts a switch changes a few, and the rest is neither to be sent nor to be read again.
 */
import type { Config, VirtualHost } from "../../contract/config.ts";
import { isEqual } from "./diff-values.ts";
import { commonEnds, sharesRest } from "./in-common.ts";

export interface ConfigDelta {
  /** The document without its virtual hosts; left out where the other document has the same. */
  readonly rest?: Config;
  /** In order: so many of the other document's from this index on, or one that it does not have. */
  readonly virtualHosts: readonly (Run | VirtualHost)[];
}

type Run = [from: number, count: number];

/** @param isSame Whether a virtual host of the other document can stand for one of this. */
export function deltaOf(
  before: Config,
  after: Config,
  isSame: (one: VirtualHost | undefined, other: VirtualHost) => boolean = isEqual,
): ConfigDelta {
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
    if (place !== undefined && isSame(before.virtualHosts[place], virtualHost)) keep(place, 1);
    else {
      run = undefined;
      virtualHosts.push(virtualHost);
    }
  }
  keep(before.virtualHosts.length - end, end);
  // In the place where the document has them, so that it becomes the same as text.
  return { ...(sharesRest(before, after) ? {} : { rest: { ...after, virtualHosts: [] } }), virtualHosts };
}

/**
 * What has not changed is taken over: the very same objects. @throws {Error} where the delta is not
 * of this document
 */
export function applyDelta(before: Config, { rest = before, virtualHosts }: ConfigDelta): Config {
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

function kept({ virtualHosts }: Config, at: number): VirtualHost {
  const virtualHost = virtualHosts[at];
  if (virtualHost === undefined) throw new Error(`there is no virtual host ${String(at)} to keep`);
  return virtualHost;
}
