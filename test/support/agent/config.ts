import type { Config, VirtualHost } from "../../../server-agent/contract/config.ts";
import { compileConfig, type RoutingTable } from "../../../server-agent/core/routing/routing-table.ts";

export const CATCH_ALL: VirtualHost = {
  id: "default",
  hosts: ["*"],
  rules: [{ handler: { type: "error", status: 404 } }],
};

/** A document with these virtual hosts above the catch-all. */
export function configOf(virtualHosts: readonly VirtualHost[], rest: Partial<Config> = {}): Config {
  return {
    listeners: [{ name: "http", address: "127.0.0.1", port: 0 }],
    ...rest,
    virtualHosts: [...virtualHosts, CATCH_ALL],
  };
}

/** A virtual host that answers with an error, where only its hosts and conditions matter. */
export function virtualHostOf(id: string, hosts: string[], rest: Partial<VirtualHost> = {}): VirtualHost {
  return { id, hosts, rules: [{ handler: { type: "error", status: 410 } }], ...rest };
}

/** The table of a document that must compile. */
export function tableOf(config: Config): RoutingTable {
  const compiled = compileConfig(config);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return compiled.table;
}
