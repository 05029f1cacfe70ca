/**
 * What is imported, put into the configuration of a server as somebody chose. Pure. What is there
 * stays as it is, but for virtual hosts that are replaced.
 */
import type { Config, Listener, VirtualHost } from "../../../main/contract/agent.ts";
import { usedUpstreams } from "../../lib/sites.ts";
import { conditionWith, rulesWith } from "./renamed-listeners.ts";

/** `replace`: in place of those that it conflicts with. */
export type HostChoice = "leave" | "add" | "replace";
/** `add`, `leave`, or `use NAME`: the listener that is there. */
export type ListenerChoice = "add" | "leave" | `use ${string}`;

export interface Choices {
  /** By id of the virtual host that is imported. */
  readonly hosts: Readonly<Record<string, HostChoice>>;
  /** By name of the listener that is imported. */
  readonly listeners: Readonly<Record<string, ListenerChoice>>;
}

export interface Merged {
  config: Config;
  /** Ids that virtual hosts have in the end, by those that are imported. */
  ids: ReadonlyMap<string, string>;
  /** Those that were chosen, but have no listener: no request would reach them. */
  unheard: readonly string[];
}

/** Those of the server that answer for a name of this one; copycats go with their originals. */
export function sameNames({ virtualHosts }: Config, { hosts }: VirtualHost): VirtualHost[] {
  const names = new Set(hosts);
  return virtualHosts.filter((each) => each.copycatOf === undefined && each.hosts.some((host) => names.has(host)));
}

/** Nothing that is there changes unless somebody says so. */
export function firstChoices(current: Config, imported: Config): Choices {
  return {
    hosts: Object.fromEntries(
      imported.virtualHosts.map((each) => [each.id, sameNames(current, each).length > 0 ? "leave" : "add"]),
    ),
    listeners: Object.fromEntries(
      imported.listeners.map((each) => {
        const same = current.listeners.find((known) => isSamePlace(known, each));
        return [each.name, same === undefined ? "add" : `use ${same.name}`];
      }),
    ),
  };
}

export function merged(current: Config, imported: Config, { hosts, listeners }: Choices): Merged {
  const ids = new Set(current.virtualHosts.map(({ id }) => id));
  const added: Listener[] = [];
  const names = new Map<string, string>();
  const taken = new Set(current.listeners.map(({ name }) => name));
  for (const listener of imported.listeners) {
    const choice = listeners[listener.name] ?? "add";
    if (choice === "leave") continue;
    const name = choice === "add" ? free(listener.name, taken) : choice.slice("use ".length);
    names.set(listener.name, name);
    if (choice === "add") added.push({ ...listener, name });
  }
  const heard = new Set(names.values());
  const isEverywhere = [...current.listeners, ...added].every(({ name }) => heard.has(name));
  const upstreams = new Names(current.upstreams ?? {}, imported.upstreams ?? {});
  const acme = new Names(current.acme ?? {}, imported.acme ?? {});
  let virtualHosts = [...current.virtualHosts];
  /** By the one that was replaced: the last that stands in its place. */
  const inPlaceOf = new Map<string, string>();
  const placed = new Map<string, string>();
  const unheard: string[] = [];
  for (const virtualHost of imported.virtualHosts) {
    const choice = hosts[virtualHost.id] ?? "leave";
    if (choice === "leave") continue;
    const when = whenOf(virtualHost, names, isEverywhere);
    if (when === false) {
      unheard.push(virtualHost.id);
      continue;
    }
    const replaced = choice === "replace" ? sameNames(current, virtualHost) : [];
    const [first] = replaced;
    const before = first === undefined ? undefined : inPlaceOf.get(first.id);
    // With its id, it keeps its copycat, its receipts and its figures.
    const id = first === undefined || before !== undefined ? free(virtualHost.id, ids) : first.id;
    placed.set(virtualHost.id, id);
    if (first !== undefined) inPlaceOf.set(first.id, id);
    const own = fitted({ ...virtualHost, id }, when, { names, upstreams, acme });
    const at = virtualHosts.findIndex((each) => each.id === (before ?? first?.id));
    if (at < 0) virtualHosts.splice(virtualHosts.length - 1, 0, own);
    else if (before === undefined) virtualHosts[at] = own;
    else virtualHosts.splice(at + 1, 0, own);
    // Of several that answered for its names, one is replaced, and the others are gone.
    const gone = new Set(replaced.slice(1).map((each) => each.id));
    virtualHosts = virtualHosts.filter((each) => !gone.has(each.id));
  }
  const config: Config = {
    ...current,
    listeners: [...current.listeners, ...added],
    ...unionOf("trustedProxies", current, imported),
    ...unionOf("geoFiles", current, imported),
    ...(upstreams.added.size === 0
      ? {}
      : { upstreams: { ...current.upstreams, ...Object.fromEntries(upstreams.added) } }),
    ...(acme.added.size === 0 ? {} : { acme: { ...current.acme, ...Object.fromEntries(acme.added) } }),
    virtualHosts,
  };
  return { config: placed.size === 0 && added.length === 0 ? current : config, ids: placed, unheard };
}

/** Where it is heard: nowhere else than before, even if the server has other listeners. */
function whenOf(
  { hosts, when }: VirtualHost,
  names: ReadonlyMap<string, string>,
  isEverywhere: boolean,
): VirtualHost["when"] | false {
  // The catch-all has no condition.
  if (hosts.includes("*")) return when;
  if (names.size === 0) return false;
  if (when === undefined) return isEverywhere ? undefined : { listener: [...new Set(names.values())] };
  const own = conditionWith(when, (name) => names.get(name));
  if (own === true) return isEverywhere ? undefined : { listener: [...new Set(names.values())] };
  return own;
}

interface Fitting {
  names: ReadonlyMap<string, string>;
  upstreams: Names<NonNullable<Config["upstreams"]>[string]>;
  acme: Names<NonNullable<Config["acme"]>[string]>;
}

function fitted(virtualHost: VirtualHost, when: VirtualHost["when"], { names, upstreams, acme }: Fitting): VirtualHost {
  const { when: _, tls, rules, ...rest } = virtualHost;
  const used = new Map(usedUpstreams(virtualHost).map((name) => [name, upstreams.nameOf(name)]));
  const own = rulesWith(rules, (name) => names.get(name)).map(({ handler, ...rule }) => {
    const named =
      handler !== undefined && "upstream" in handler
        ? { ...handler, upstream: used.get(handler.upstream) ?? handler.upstream }
        : handler;
    return named === undefined ? rule : { ...rule, handler: named };
  });
  return {
    ...rest,
    ...(when === undefined ? {} : { when }),
    rules: own.length > 0 ? own : [{ handler: { type: "error", status: 404 } }],
    ...(tls === undefined ? {} : { tls: "acme" in tls ? { ...tls, acme: acme.nameOf(tls.acme) } : tls }),
  };
}

/** Parts with names: an equal one of the server is taken, another one gets its own name. */
class Names<Part> {
  readonly added = new Map<string, Part>();
  readonly #there: Readonly<Record<string, Part>>;
  readonly #imported: Readonly<Record<string, Part>>;
  readonly #names = new Map<string, string>();

  constructor(there: Readonly<Record<string, Part>>, imported: Readonly<Record<string, Part>>) {
    this.#there = there;
    this.#imported = imported;
  }

  /** The name that a part has in the end; it is added where it is not there. */
  nameOf(name: string): string {
    const part = this.#imported[name];
    const known = this.#names.get(name);
    if (part === undefined || known !== undefined) return known ?? name;
    const text = JSON.stringify(part);
    const same = Object.keys(this.#there).find((each) => JSON.stringify(this.#there[each]) === text);
    const own = same ?? free(name, new Set([...Object.keys(this.#there), ...this.added.keys()]));
    if (same === undefined) this.added.set(own, part);
    this.#names.set(name, own);
    return own;
  }
}

function isSamePlace(one: Listener, other: Listener): boolean {
  return one.address === other.address && one.port === other.port;
}

/** Takes it, or `name-2`, … */
function free(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let number = 2; taken.has(name); number += 1) name = `${wanted}-${number}`;
  taken.add(name);
  return name;
}

function unionOf(part: "trustedProxies" | "geoFiles", current: Config, imported: Config): Partial<Config> {
  const all = [...new Set([...(current[part] ?? []), ...(imported[part] ?? [])])];
  return all.length === 0 ? {} : { [part]: all };
}
