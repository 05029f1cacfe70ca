/** The sites of a server, derived from what was last observed of it. Pure. */
import type { Receipt, ServerState, SiteMetrics, VirtualHost } from "../../main/ipc-contract.ts";

export type SiteState = "live" | "maintenance" | "draining" | "unknown" | "disabled";

export interface Site {
  key: string;
  serverId: string;
  serverName: string;
  id: string;
  virtualHost: VirtualHost;
  /** First host as people say it, and the others. */
  name: string;
  aliases: string[];
  state: SiteState;
  /** What was last seen, while the server is away. */
  lastState: Exclude<SiteState, "unknown">;
  /** The maintenance that is on, if it has a receipt. */
  receipt: Receipt | undefined;
  /** The copycat that answers for it. */
  copycat: VirtualHost | undefined;
  inFlight: number;
  draining: number;
  metrics: SiteMetrics | undefined;
  history: readonly number[];
}

/** Whether a copycat stands above the original and answers. */
export function answeringCopycat(virtualHosts: readonly VirtualHost[], site: string): VirtualHost | undefined {
  const original = virtualHosts.findIndex(({ id }) => id === site);
  return virtualHosts.find((virtualHost, index) => virtualHost.copycatOf === site && index < original && virtualHost.disabled !== true);
}

export function hostName(host: string): string {
  return host === "*" || host === "~.*" ? "every other host" : host;
}

export function sitesOf(server: ServerState): Site[] {
  const { snapshot, profile } = server;
  if (snapshot === null) return [];
  return snapshot.config.virtualHosts
    .filter(({ copycatOf }) => copycatOf === undefined)
    .map((virtualHost): Site => {
      const { id } = virtualHost;
      const copycat = answeringCopycat(snapshot.config.virtualHosts, id);
      const receipt = snapshot.maintenance.find((each) => each.site === id && each.state === "in-maintenance");
      const draining = receipt?.counts.draining ?? 0;
      const lastState = copycat === undefined ? (virtualHost.disabled === true ? "disabled" : "live") : draining > 0 ? "draining" : "maintenance";
      const of = (wanted: string) => snapshot.metrics[wanted];
      const [name = id, ...aliases] = virtualHost.hosts;
      return {
        key: `${profile.id}/${id}`,
        serverId: profile.id,
        serverName: profile.name,
        id,
        virtualHost,
        name: hostName(name),
        aliases: aliases.map(hostName),
        state: server.connection.state === "connected" ? lastState : "unknown",
        lastState,
        receipt,
        copycat,
        inFlight: (of(id)?.inFlight ?? 0) + (copycat === undefined ? 0 : (of(copycat.id)?.inFlight ?? 0)),
        draining,
        metrics: of(id),
        history: sum(server.history[id], copycat === undefined ? undefined : server.history[copycat.id]),
      };
    });
}

function sum(first: readonly number[] = [], second: readonly number[] = []): number[] {
  const length = Math.max(first.length, second.length);
  return Array.from({ length }, (_, index) => (first[index - length + first.length] ?? 0) + (second[index - length + second.length] ?? 0));
}

export const STATE_WORDS: Record<SiteState, string> = {
  live: "Live",
  maintenance: "Maintenance",
  draining: "Draining",
  unknown: "Unknown",
  disabled: "Disabled",
};
