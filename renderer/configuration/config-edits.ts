/**
 * Edits of the list of virtual hosts. Pure: each returns a new document; the catch-all stays last.
 */
import type { Config, VirtualHost } from "../../main/contract/agent.ts";

function withHosts(config: Config, virtualHosts: VirtualHost[]): Config {
  return { ...config, virtualHosts };
}

/** Moves the virtual host at `from` to `to`, at most to just above the catch-all. */
export function moved(config: Config, from: number, to: number): Config {
  const last = config.virtualHosts.length - 1;
  const hosts = [...config.virtualHosts];
  if (from < 0 || from >= last) return config;
  const [virtualHost] = hosts.splice(from, 1);
  if (virtualHost === undefined) return config;
  hosts.splice(Math.min(Math.max(to, 0), last - 1), 0, virtualHost);
  return withHosts(config, hosts);
}

/** A copy directly above the original, disabled, so that it does not take over at once. */
export function cloned(config: Config, id: string): Config {
  const index = config.virtualHosts.findIndex((virtualHost) => virtualHost.id === id);
  const original = config.virtualHosts[index];
  if (original === undefined) return config;
  const taken = new Set(config.virtualHosts.map((virtualHost) => virtualHost.id));
  let copy = `${id}-copy`;
  for (let number = 2; taken.has(copy); number++) copy = `${id}-copy-${number}`;
  const hosts = original.hosts.includes("*") ? ["copy.example"] : original.hosts;
  return withHosts(config, config.virtualHosts.toSpliced(index, 0, { ...original, id: copy, hosts, disabled: true }));
}

/** A new virtual host just above the catch-all, where it takes nothing away from the others. */
export function added(config: Config, virtualHost: VirtualHost): Config {
  return withHosts(config, config.virtualHosts.toSpliced(config.virtualHosts.length - 1, 0, virtualHost));
}

export function without(config: Config, id: string): Config {
  return withHosts(
    config,
    config.virtualHosts.filter((virtualHost) => virtualHost.id !== id),
  );
}

export function withDisabled(config: Config, id: string, disabled: boolean): Config {
  return withHosts(
    config,
    config.virtualHosts.map((virtualHost) => {
      if (virtualHost.id !== id) return virtualHost;
      const { disabled: _, ...enabled } = virtualHost;
      return disabled ? { ...enabled, disabled } : enabled;
    }),
  );
}

export function replaced(config: Config, id: string, virtualHost: VirtualHost): Config {
  return withHosts(
    config,
    config.virtualHosts.map((each) => (each.id === id ? virtualHost : each)),
  );
}
