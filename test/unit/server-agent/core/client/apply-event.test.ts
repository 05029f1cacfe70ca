import { describe, expect, it } from "vitest";
import { Event, Snapshot } from "../../../../../server-agent/contract/events.ts";
import type { AgentInfo, Generation } from "../../../../../server-agent/contract/agent.ts";
import type { MaintenanceWindow } from "../../../../../server-agent/contract/windows.ts";
import type { Receipt, Stage } from "../../../../../server-agent/contract/maintenance.ts";
import type { Reminder } from "../../../../../server-agent/contract/reminders.ts";
import { applyEvent } from "../../../../../server-agent/core/client/apply-event.ts";
import { configOf, virtualHostOf } from "../../../../support/agent/config.ts";

const AT = "2026-11-23T00:30:00.000Z";
const LATER = "2026-11-23T00:30:01.000Z";
function agent(generation: number): AgentInfo {
  return {
    version: "0.1.0",
    apiVersion: 1,
    pid: 1,
    startedAt: AT,
    uptimeSeconds: 1,
    workers: [],
    listeners: [],
    generation,
    hostname: "web-01",
    clock: "2026-01-01T00:00:00.000Z",
  };
}
function generation(number: number, state: Generation["state"]): Generation {
  return {
    generation: number,
    state,
    createdAt: AT,
    author: "marta",
    reason: "",
    changes: [],
    inFlight: 0,
  };
}
function receipt(id: string, state: Receipt["state"] = "in-maintenance"): Receipt {
  return {
    id,
    site: "shop",
    copycat: "shop-copycat",
    state,
    generation: 2,
    startedAt: AT,
    switchMs: 3,
    author: "marta",
    reason: "",
    options: { site: "shop" },
    operations: [],
    inverse: [],
    changes: [],
    warnings: [],
    counts: { refused: 0, excepted: 0, drained: 0, cut: 0, draining: 0 },
  };
}
function windowOf(id: string, revision = 1): MaintenanceWindow {
  return {
    id,
    revision,
    createdAt: AT,
    state: "planned",
    title: "New disks",
    sites: [{ site: "shop" }],
    start: "2026-11-24T02:00",
    duration: "PT2H",
    zone: "Europe/Berlin",
    occurrences: [],
  };
}
function reminderOf(id: string, due: string, title = "shop is in maintenance"): Reminder {
  return {
    id,
    kind: "start",
    due,
    title,
    text: "",
    sites: ["shop"],
    receipts: [],
    deliveries: [],
  };
}
const snapshot: Snapshot = {
  type: "snapshot",
  revision: 10,
  at: AT,
  agent: agent(1),
  config: configOf([]),
  generations: [generation(1, "active")],
  maintenance: [receipt("r-1")],
  stages: [],
  windows: [windowOf("w-1"), windowOf("w-2")],
  reminders: [reminderOf("r-1", "2026-11-23T02:00:00Z")],
  metrics: {},
};
const stage: Stage = {
  id: "s-1",
  operation: { id: "operation-1", title: "New database", servers: 2 },
  changes: [{ kind: "maintenance", options: { site: "shop" } }],
  author: "anna",
  sites: ["shop"],
  state: "staged",
  baseGeneration: 1,
  stagedAt: AT,
  expiresAt: LATER,
  receipts: [],
  warnings: [],
};
const metrics = { default: { requests: 1, inFlight: 0, perSecond: 1, status: { "4xx": 1 } } };
const at = { revision: 11, at: LATER };

describe("an event", () => {
  const config = configOf([virtualHostOf("shop", ["shop.test"])]);
  const generations = [generation(2, "active"), generation(1, "draining")];
  const CASES: [Event, Partial<Snapshot>][] = [
    [
      { type: "config", ...at, config, generations, agent: agent(2) },
      { config, generations, agent: agent(2) },
    ],
    [{ type: "generations", ...at, generations }, { generations }],
    [{ type: "maintenance", ...at, receipt: receipt("r-2") }, { maintenance: [receipt("r-2"), receipt("r-1")] }],
    [
      { type: "maintenance", ...at, receipt: receipt("r-1", "reverted") },
      { maintenance: [receipt("r-1", "reverted")] },
    ],
    [{ type: "stages", ...at, stages: [stage] }, { stages: [stage] }],
    [
      { type: "windows", ...at, changed: [windowOf("w-2", 2)], removed: [] },
      { windows: [windowOf("w-1"), windowOf("w-2", 2)] },
    ],
    [
      { type: "windows", ...at, changed: [windowOf("w-3")], removed: ["w-1"] },
      { windows: [windowOf("w-2"), windowOf("w-3")] },
    ],
    [
      {
        type: "reminders",
        ...at,
        changed: [reminderOf("r-1", "2026-11-23T02:00:00Z", "changed"), reminderOf("r-2", "2026-11-23T03:00:00Z")],
      },
      { reminders: [reminderOf("r-2", "2026-11-23T03:00:00Z"), reminderOf("r-1", "2026-11-23T02:00:00Z", "changed")] },
    ],
    [{ type: "metrics", ...at, metrics }, { metrics }],
    [{ type: "agent", ...at, agent: agent(1) }, { agent: agent(1) }],
    [{ type: "web-servers", ...at, webServers: [] }, { webServers: [] }],
    [{ type: "passes", ...at, passes: [] }, { passes: [] }],
  ];

  it.each(CASES)("changes its part of the snapshot and nothing else (%#)", (event, changed) => {
    expect(Event.parse(event)).toEqual(event);
    const before = structuredClone(snapshot);
    const after = applyEvent(snapshot, event);
    expect(after).toEqual({ ...before, ...changed, revision: 11, at: LATER });
    expect(Snapshot.parse(after)).toEqual(after);
    expect(snapshot).toEqual(before);
  });

  it("of the hundredth receipt leaves no more than a fresh snapshot has: those in maintenance, and the latest that were brought back", () => {
    let grown: Snapshot = { ...snapshot, maintenance: [receipt("open-1")] };
    for (let count = 1; count <= 100; count += 1)
      grown = applyEvent(grown, {
        type: "maintenance",
        revision: grown.revision + 1,
        at: LATER,
        receipt: receipt(`old-${String(count)}`, "reverted"),
      });
    expect(grown.maintenance.map(({ id }) => id)).toEqual([
      ...Array.from({ length: 50 }, (_, index) => `old-${String(100 - index)}`),
      "open-1",
    ]);
  });

  it("of the hundredth reminder leaves the latest fifty", () => {
    let grown = snapshot;
    for (let count = 10; count < 100; count += 1) {
      const changed = [
        reminderOf(
          `late-${String(count)}`,
          `2026-12-01T00:00:${String(count % 60).padStart(2, "0")}.${String(count)}Z`,
        ),
      ];
      grown = applyEvent(grown, { type: "reminders", revision: grown.revision + 1, at: LATER, changed });
    }
    expect(grown.reminders).toHaveLength(50);
    expect(grown.reminders.map(({ due }) => due)).toEqual(
      grown.reminders
        .map(({ due }) => due)
        .toSorted()
        .toReversed(),
    );
  });

  it("of every type has a case", () => {
    expect([...new Set(CASES.map(([{ type }]) => type))].sort()).toEqual(
      Event.options.map(({ shape }) => shape.type.value).sort(),
    );
  });

  it.each([9, 10])("of revision %i, which the snapshot contains already, is ignored", (revision) => {
    expect(applyEvent(snapshot, { type: "metrics", revision, at: LATER, metrics })).toBe(snapshot);
  });
});
