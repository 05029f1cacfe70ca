/** Small valid documents for tests of the desktop app. */
import type { AgentInfo } from "../../../server-agent/contract/agent.ts";
import type { Config } from "../../../server-agent/contract/config.ts";
import type { Event, SiteMetrics, Snapshot } from "../../../server-agent/contract/events.ts";
import type { MaintenanceWindow } from "../../../server-agent/contract/windows.ts";
import type { Receipt } from "../../../server-agent/contract/maintenance.ts";
import type { AppState } from "../../../main/contract/state.ts";
import type { FleetOperationState, FleetServer } from "../../../main/contract/fleet.ts";
import type { ServerProfile, ServerState } from "../../../main/contract/servers.ts";
import { initialState } from "../../../main/state/app-state.ts";

export function at(second: number): string {
  return new Date(Date.UTC(2026, 2, 1, 12, 0, second)).toISOString();
}

export const someConfig: Config = {
  listeners: [{ name: "http", address: "127.0.0.1", port: 8080 }],
  virtualHosts: [
    {
      id: "shop",
      hosts: ["shop.example.com", "*.shop.example.com"],
      rules: [{ handler: { type: "respond", body: "shop" } }],
    },
    { id: "default", hosts: ["*"], rules: [{ handler: { type: "respond", body: "default" } }] },
  ],
};

export const someAgent: AgentInfo = {
  version: "0.1.0",
  apiVersion: 1,
  pid: 4711,
  startedAt: at(0),
  uptimeSeconds: 10,
  workers: [{ id: 1, pid: 4712, state: "serving" }],
  listeners: [{ name: "http", address: "127.0.0.1", port: 8080 }],
  generation: 1,
  hostname: "web-01",
  clock: "2026-01-01T00:00:00.000Z",
};

export function rates(perSecond: number): Record<string, SiteMetrics> {
  return { shop: { requests: 100, inFlight: 0, perSecond, status: { "2xx": 100 } } };
}

export function someSnapshot(change: Partial<Snapshot> = {}): Snapshot {
  return {
    type: "snapshot",
    revision: 1,
    at: at(0),
    agent: someAgent,
    config: someConfig,
    generations: [
      { generation: 1, state: "active", createdAt: at(0), author: "marta", reason: "first", changes: [], inFlight: 0 },
    ],
    maintenance: [],
    stages: [],
    windows: [],
    reminders: [],
    metrics: rates(0),
    ...change,
  };
}

export function metricsEvent(revision: number, perSecond: number): Event {
  return { type: "metrics", revision, at: at(revision), metrics: rates(perSecond) };
}

export function someWindow(change: Partial<MaintenanceWindow> = {}): MaintenanceWindow {
  return {
    id: "w-1",
    revision: 1,
    createdAt: at(0),
    title: "New disks",
    sites: [{ site: "shop" }],
    start: "2030-01-06T02:00",
    duration: "PT2H",
    zone: "Europe/Berlin",
    state: "planned",
    occurrences: [],
    ...change,
  };
}

export function someReceipt(change: Partial<Receipt> = {}): Receipt {
  return {
    id: "r-1",
    site: "shop",
    copycat: "shop-copycat",
    state: "in-maintenance",
    generation: 2,
    startedAt: at(0),
    switchMs: 3,
    author: "marta",
    reason: "database",
    options: { site: "shop" },
    operations: [],
    inverse: [],
    changes: [],
    warnings: [],
    counts: { refused: 0, excepted: 0, drained: 0, cut: 0, draining: 0 },
    ...change,
  };
}

export const someProfile: ServerProfile = {
  id: "web-01",
  name: "web-01",
  kind: "local",
  socketPath: "/run/backsoon/agent.sock",
};

const reminding = {
  quietHours: null,
  reminders: ["-P1D", "-PT1H", "-PT10M", "start", "end"],
  startAtLoginOffered: true,
};

export function someState(): AppState {
  return initialState(
    {
      version: "0.1.0",
      electron: "33.2.1",
      chrome: "130",
      node: "20.18",
      platform: "linux",
      packaged: false,
      hasNginx: false,
    },
    {
      appearance: "system",
      language: "system",
      author: "marta",
      notifications: true,
      ...reminding,
      revertIfWrong: false,
      showsRecipe: false,
      startAtLogin: false,
      trayExplained: false,
    },
  );
}

/** A connected server with these sites in maintenance, each by a copycat of its own. */
export function someServer(name: string, maintenance: Receipt[] = [], change: Partial<ServerState> = {}): ServerState {
  return {
    profile: { id: name, name, kind: "local", socketPath: `/run/${name}.sock` },
    connection: { state: "connected", since: at(0), observedAt: at(0), roundTripMs: 1, clockAheadMs: 0 },
    snapshot: someSnapshot({
      config: {
        ...someConfig,
        virtualHosts: [
          ...maintenance
            .filter(({ state }) => state === "in-maintenance")
            .map(({ site, copycat }) => ({
              id: copycat,
              copycatOf: site,
              hosts: [`${site}.example.com`],
              rules: [{ handler: { type: "drop" as const } }],
            })),
          ...someConfig.virtualHosts,
        ],
      },
      maintenance,
    }),
    observedAt: at(0),
    history: {},
    historyAt: at(0),
    publicProofs: {},
    ...change,
  };
}

export function somePart(name: string, change: Partial<FleetServer> = {}): FleetServer {
  return {
    serverId: name,
    name,
    sites: ["shop"],
    phase: "committed",
    failure: null,
    stageId: "stage-1",
    receipts: [],
    committedAfterMs: 5,
    warnings: [],
    ...change,
  };
}

export function someOperation(change: Partial<FleetOperationState> = {}): FleetOperationState {
  return {
    id: "operation-0001",
    title: "New database",
    kind: "maintenance",
    phase: "done",
    author: "marta",
    startedAt: at(0),
    skewMs: 12.4,
    servers: [somePart("web-1"), somePart("web-2"), somePart("web-3")],
    ...change,
  };
}
