/**
 * Whom a change of the configuration affects: visitors who get another answer, sites that go into
 * maintenance or leave it, listeners that close or open. Pure.
 */
import type { Change, Config, VirtualHost } from "../../main/contract/agent.ts";
import { hostName } from "../lib/sites.ts";

export type Effect =
  /** Names for which another virtual host answers: `to` in place of `from`, by id. */
  | { what: "answerer"; hosts: readonly string[]; from: string; to: string }
  /** Names for which the same virtual host answers otherwise. */
  | { what: "answer"; hosts: readonly string[] }
  /** Sites that go into maintenance, and those that leave it. */
  | { what: "closed" | "live"; hosts: readonly string[] }
  /** Addresses where nobody is heard any more, where somebody is from now on, or otherwise. */
  | { what: "unheard" | "heard" | "reheard"; at: readonly string[] }
  /** Which proxies are believed, and so the addresses of all visitors. */
  | { what: "trust" }
  /** Which files say in what country visitors are. */
  | { what: "places" };

/**
 * Those of replacing one configuration by another. A virtual host counts as if it had no condition.
 */
export function effectsOf(before: Config, after: Config): Effect[] {
  const [was, is] = [new Answerers(before), new Answerers(after)];
  const answerers = new Map<string, { hosts: string[]; from: string; to: string }>();
  const [answer, closed, live] = [[] as string[], [] as string[], [] as string[]];
  for (const host of new Set([...before.virtualHosts, ...after.virtualHosts].flatMap((each) => each.hosts))) {
    const [from, to] = [was.of(host), is.of(host)];
    if (from === undefined || to === undefined || contentOf(before, from) === contentOf(after, to)) continue;
    const name = hostName(host);
    if (from.id === to.id) answer.push(name);
    else if (to.copycatOf === from.id) closed.push(name);
    else if (from.copycatOf === to.id) live.push(name);
    else {
      const key = JSON.stringify([from.id, to.id]);
      const known = answerers.get(key);
      if (known === undefined) answerers.set(key, { hosts: [name], from: from.id, to: to.id });
      else known.hosts.push(name);
    }
  }
  return [
    ...listed("closed", closed),
    ...listed("live", live),
    ...[...answerers.values()].map((each) => ({ what: "answerer" as const, ...each })),
    ...listed("answer", answer),
    ...listenerEffects(before, after),
    ...(isSame(before.trustedProxies ?? [], after.trustedProxies ?? []) ? [] : [{ what: "trust" as const }]),
    ...(isSame(before.geoFiles ?? [], after.geoFiles ?? []) ? [] : [{ what: "places" as const }]),
  ];
}

/** Those of undoing these changes, the newest first, as far as the changes tell. */
export function effectsOfUndoing(changes: readonly Change[], config: Config | undefined): Effect[] {
  const named = new Map(config?.virtualHosts.map(({ id, hosts: [first = id] }) => [id, hostName(first)]));
  const sites = new Set<string>();
  const live = new Set<string>();
  const closed = new Set<string>();
  const heard = new Set<string>();
  for (const { kind, path, virtualHost: id, before, after } of changes) {
    const [, part = "", index = ""] = path.split("/");
    if (part === "listeners") heard.add(placeIn(before) ?? placeIn(after) ?? placeOf(config?.listeners[Number(index)]));
    if (id === undefined) continue;
    const original = copycatOf(kind === "removed" ? before : after);
    if (original !== undefined && (kind === "added" || kind === "removed")) {
      const [into, outOf] = kind === "added" ? [live, closed] : [closed, live];
      // What was done and undone again among these changes stays as it is.
      if (!outOf.delete(original)) into.add(original);
    } else if (copycatOf(config?.virtualHosts.find((each) => each.id === id)) === undefined) sites.add(id);
  }
  const names = (ids: Iterable<string>) => [...ids].map((id) => named.get(id) ?? id);
  heard.delete("");
  return [
    ...listed("closed", names(closed)),
    ...listed("live", names(live)),
    ...listed("answer", names(sites)),
    ...at("reheard", [...heard]),
    ...(changes.some(({ path }) => path.startsWith("/trustedProxies")) ? [{ what: "trust" as const }] : []),
    ...(changes.some(({ path }) => path.startsWith("/geoFiles")) ? [{ what: "places" as const }] : []),
  ];
}

/** Who answers for a host, as it is configured, in place of the virtual host of this id. */
export function answersInstead(config: Config, id: string): { host: string; by: VirtualHost }[] {
  const answerers = new Answerers(config);
  const { hosts = [] } = config.virtualHosts.find((each) => each.id === id) ?? {};
  return hosts.flatMap((host) => {
    const by = answerers.of(host);
    return by === undefined || by.id === id || by.copycatOf === id ? [] : [{ host, by }];
  });
}

/** Who answers for a name: the first that is enabled and has it. */
class Answerers {
  readonly #exact = new Map<string, number>();
  /** Patterns in order, each with what it takes. */
  readonly #patterns: { place: number; host: string; takes: (name: string) => boolean }[] = [];
  readonly #virtualHosts: readonly VirtualHost[];

  constructor({ virtualHosts }: Config) {
    this.#virtualHosts = virtualHosts;
    virtualHosts.forEach(({ hosts, disabled }, place) => {
      if (disabled === true) return;
      for (const host of hosts) {
        const takes = pattern(host);
        if (takes !== undefined) this.#patterns.push({ place, host, takes });
        else if (!this.#exact.has(host)) this.#exact.set(host, place);
      }
    });
  }

  /** @param host as it is configured; a pattern stands for a name that only it takes */
  of(host: string): VirtualHost | undefined {
    const name = sampleOf(host);
    const taking = this.#patterns.find((each) => (name === undefined ? each.host === host : each.takes(name)));
    const places = [
      name === undefined ? undefined : this.#exact.get(name),
      taking?.place,
      this.#virtualHosts.length - 1,
    ];
    return this.#virtualHosts[Math.min(...places.filter((place) => place !== undefined))];
  }
}

/** None for a regular expression: which names it takes cannot be listed. */
function sampleOf(host: string): string | undefined {
  if (host.startsWith("~")) return undefined;
  return host === "*" ? "any-other-name.invalid" : host.startsWith("*.") ? `any-other-name${host.slice(1)}` : host;
}

function pattern(host: string): ((name: string) => boolean) | undefined {
  if (host === "*") return () => true;
  if (host.startsWith("*.")) return (name) => name.endsWith(host.slice(1));
  if (!host.startsWith("~")) return undefined;
  try {
    const expression = new RegExp(host.slice(1), "iu");
    return (name) => expression.test(name);
  } catch {
    // What RE2 takes and this engine does not; the agent decides.
    return () => false;
  }
}

/** What its visitors get, as text to compare: also its applications. */
function contentOf({ upstreams = {} }: Config, virtualHost: VirtualHost): string {
  const { id: _id, hosts: _hosts, disabled: _disabled, accessLog: _accessLog, ...content } = virtualHost;
  const used = content.rules.flatMap(({ handler }) =>
    handler !== undefined && "upstream" in handler && Object.hasOwn(upstreams, handler.upstream)
      ? [upstreams[handler.upstream]]
      : [],
  );
  return JSON.stringify([content, used]);
}

function listenerEffects(before: Config, after: Config): Effect[] {
  const was = new Map(before.listeners.map((listener) => [placeOf(listener), listener]));
  const is = new Map(after.listeners.map((listener) => [placeOf(listener), listener]));
  return [
    ...at(
      "unheard",
      [...was.keys()].filter((place) => !is.has(place)),
    ),
    ...at(
      "heard",
      [...is.keys()].filter((place) => !was.has(place)),
    ),
    ...at(
      "reheard",
      [...is].filter(([place, one]) => was.has(place) && !isSame(one, was.get(place))).map(([place]) => place),
    ),
  ];
}

/** `0.0.0.0:80`, `[::]:80` */
function placeOf(listener: Config["listeners"][number] | undefined): string {
  if (listener === undefined) return "";
  const { address, port } = listener;
  return `${address.includes(":") ? `[${address}]` : address}:${String(port)}`;
}

function placeIn(value: unknown): string | undefined {
  const { address, port } = (value ?? {}) as Partial<Config["listeners"][number]>;
  return typeof address === "string" && typeof port === "number" ? placeOf({ name: "", address, port }) : undefined;
}

function copycatOf(value: unknown): string | undefined {
  const { copycatOf: original } = (value ?? {}) as Partial<VirtualHost>;
  return typeof original === "string" ? original : undefined;
}

function listed(what: "answer" | "closed" | "live", hosts: readonly string[]): Effect[] {
  return hosts.length === 0 ? [] : [{ what, hosts }];
}

function at(what: "heard" | "unheard" | "reheard", places: readonly string[]): Effect[] {
  return places.length === 0 ? [] : [{ what, at: places }];
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
