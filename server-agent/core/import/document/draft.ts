/** A configuration in the making: names that are unique, and which directives made what. */
import type { Condition } from "../../../contract/condition.ts";
import type { Config, Listener, VirtualHost } from "../../../contract/config.ts";
import type { Rule } from "../../../contract/rules/rule.ts";
import type { AcmeAuthority } from "../../../contract/tls/acme.ts";
import type { Upstream } from "../../../contract/upstream.ts";
import { type Entry, Report } from "./report.ts";

const MAX_ID_LENGTH = 90;

export class Draft {
  readonly report = new Report();
  readonly listeners: Listener[] = [];
  readonly trustedProxies = new Set<string>();
  /** Behind a proxy that names them in a field that is not read here, all have its address. */
  knowsVisitors = true;
  /** Files that conditions look into. */
  geoFiles: readonly string[] = [];
  /** Authorities by name. */
  readonly acme = new Map<string, AcmeAuthority>();
  readonly upstreams = new Map<string, Upstream>();
  readonly virtualHosts: VirtualHost[] = [];
  readonly #origins = new Map<object, readonly Entry[]>();
  readonly #ids = new Set<string>();

  /** Notes which directives a part of the configuration comes from. */
  from<Part extends Rule | VirtualHost | Listener | Upstream>(entries: readonly Entry[], part: Part): Part {
    this.#origins.set(part, entries);
    return part;
  }

  /** @param when Undefined: the rule is for every request. */
  rule(entries: readonly Entry[], when: Condition | undefined, rest: Omit<Rule, "when">): Rule {
    return this.from(entries, when === undefined ? rest : { when, ...rest });
  }

  originsOf(part: object): readonly Entry[] {
    return this.#origins.get(part) ?? [];
  }

  /** A name that is allowed for virtual hosts and listeners, and still free. */
  id(wanted: string): string {
    return free(wanted, (id) => this.#ids.has(id), this.#ids);
  }

  /** @returns the name of an upstream like this one; equal ones are one. */
  upstream(wanted: string, upstream: Upstream, entries: readonly Entry[]): string {
    const text = JSON.stringify(upstream);
    for (const [name, known] of this.upstreams) if (JSON.stringify(known) === text) return name;
    const name = free(wanted, (id) => this.upstreams.has(id));
    this.upstreams.set(name, this.from(entries, upstream));
    return name;
  }

  config(): Config {
    return {
      listeners: this.listeners,
      ...(this.trustedProxies.size === 0 ? {} : { trustedProxies: [...this.trustedProxies] }),
      ...(this.geoFiles.length === 0 ? {} : { geoFiles: [...this.geoFiles] }),
      ...(this.acme.size === 0 ? {} : { acme: Object.fromEntries(this.acme) }),
      ...(this.upstreams.size === 0 ? {} : { upstreams: Object.fromEntries(this.upstreams) }),
      virtualHosts: this.virtualHosts,
    };
  }
}

function free(wanted: string, isTaken: (id: string) => boolean, taken?: Set<string>): string {
  const base =
    wanted
      .replace(/[^A-Za-z0-9._-]+/g, "-")
      .replace(/^[^A-Za-z0-9]+|-+$/g, "")
      .slice(0, MAX_ID_LENGTH) || "site";
  let id = base;
  for (let number = 2; isTaken(id); number += 1) id = `${base}-${String(number)}`;
  taken?.add(id);
  return id;
}
