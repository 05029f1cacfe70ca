import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AppState, StatePatch } from "../../../../main/contract/state.ts";
import { type Action, reduce } from "../../../../main/state/app-state.ts";
import { patched } from "../../../../main/contract/state/patch.ts";
import {
  at,
  metricsEvent,
  someProfile,
  someReceipt,
  someSnapshot,
  someState,
} from "../../../support/desktop/desktop-fixtures.ts";

const id = someProfile.id;
const failure = { code: "server.unreachable", message: "nothing answers" } as const;

function after(actions: Action[], state: AppState = someState()): AppState {
  return actions.reduce((current, action) => reduce(current, action).state, state);
}
function server(actions: Action[]) {
  return after([{ type: "server-added", profile: someProfile, at: at(0) }, ...actions]).servers[0];
}

const connected: Action[] = [
  { type: "streamed", id, at: at(1), lines: [someSnapshot()] },
  { type: "answered", id, at: at(1), roundTripMs: 3, clockAheadMs: 0 },
];

describe("a server's connection", () => {
  it("is connecting at first, with nothing observed", () => {
    expect(server([])).toMatchObject({
      connection: { state: "connecting", since: at(0) },
      snapshot: null,
      observedAt: null,
    });
  });

  it("is connected once the snapshot is there", () => {
    expect(server(connected)).toMatchObject({
      connection: { state: "connected", since: at(1), observedAt: at(1), roundTripMs: 3, clockAheadMs: 0 },
      observedAt: at(1),
      snapshot: { revision: 1 },
    });
  });

  it("keeps since when it is connected, and says when it last heard something", () => {
    const later: Action[] = [
      ...connected,
      { type: "answered", id, at: at(11), roundTripMs: 4, clockAheadMs: 0 },
      { type: "streamed", id, at: at(12), lines: [metricsEvent(2, 7)] },
    ];
    expect(server(later)?.connection).toEqual({
      state: "connected",
      since: at(1),
      observedAt: at(12),
      roundTripMs: 4,
      clockAheadMs: 0,
    });
  });

  it("keeps the last observation and its time when it is lost, and since when it is lost", () => {
    const lost: Action[] = [
      ...connected,
      { type: "lost", id, at: at(20), failure, retryAt: at(21) },
      { type: "lost", id, at: at(30), failure, retryAt: at(33) },
    ];
    expect(server(lost)).toMatchObject({
      connection: { state: "unreachable", since: at(20), retryAt: at(33), failure },
      observedAt: at(1),
      snapshot: { revision: 1 },
    });
  });

  it("does not look connected while the stream has spoken but the agent was not reached again", () => {
    const resumed: Action[] = [
      ...connected,
      { type: "lost", id, at: at(20), failure, retryAt: at(21) },
      { type: "streamed", id, at: at(22), lines: [someSnapshot({ revision: 9 })] },
    ];
    expect(server(resumed)).toMatchObject({ connection: { state: "unreachable" }, snapshot: { revision: 9 } });
    expect(server([...resumed, { type: "answered", id, at: at(22), roundTripMs: 2, clockAheadMs: 0 }])).toMatchObject({
      connection: { state: "connected", since: at(22) },
    });
  });
});

describe("what the stream says", () => {
  it("takes every kind of event into the snapshot", () => {
    const receipt = someReceipt();
    const lines: Extract<Action, { type: "streamed" }>["lines"] = [
      { type: "maintenance", revision: 2, at: at(2), receipt },
      { type: "generations", revision: 3, at: at(3), generations: [] },
      metricsEvent(4, 12),
      { type: "agent", revision: 5, at: at(5), agent: { ...someSnapshot().agent, generation: 2 } },
    ];
    const snapshot = server([...connected, { type: "streamed", id, at: at(5), lines }])?.snapshot;
    expect(snapshot).toMatchObject({
      revision: 5,
      maintenance: [receipt],
      generations: [],
      metrics: { shop: { perSecond: 12 } },
      agent: { generation: 2 },
    });
  });

  it("ignores events before the first snapshot", () => {
    expect(server([{ type: "streamed", id, at: at(1), lines: [metricsEvent(2, 1)] }])?.snapshot).toBeNull();
  });

  it("makes one patch of everything that came together", () => {
    const state = after([{ type: "server-added", profile: someProfile, at: at(0) }, ...connected]);
    const { patch } = reduce(state, {
      type: "streamed",
      id,
      at: at(2),
      lines: [metricsEvent(2, 1), metricsEvent(3, 2)],
    });
    expect(patch).toMatchObject({ part: "server", server: { snapshot: { revision: 3 } } });
  });
});

describe("the rest of the state", () => {
  it("says nothing about a server that was removed meanwhile", () => {
    const state = after([
      { type: "server-added", profile: someProfile, at: at(0) },
      { type: "server-removed", id },
    ]);
    expect(reduce(state, { type: "answered", id, at: at(1), roundTripMs: 1, clockAheadMs: 0 })).toEqual({
      state,
      patch: undefined,
    });
  });

  it("keeps the servers' order; a new one comes last", () => {
    const other = { ...someProfile, id: "b" };
    const state = after([
      { type: "server-added", profile: someProfile, at: at(0) },
      { type: "server-added", profile: other, at: at(0) },
      { type: "server-renamed", id, name: "renamed" },
    ]);
    expect(state.servers.map(({ profile }) => profile.name)).toEqual(["renamed", "web-01"]);
  });

  it("puts a server in a fleet and takes it out, and leaves it there when only its name changes", () => {
    const fleetAfter = (...namings: { name: string; fleet?: string | null }[]) =>
      after([
        { type: "server-added", profile: someProfile, at: at(0) },
        ...namings.map((naming) => ({ type: "server-renamed", id, ...naming }) as const),
      ]).servers[0]?.profile;
    expect(fleetAfter({ name: "a", fleet: "shop" }, { name: "b" })).toEqual({
      ...someProfile,
      name: "b",
      fleet: "shop",
    });
    expect(fleetAfter({ name: "a", fleet: "shop" }, { name: "b", fleet: null })).toEqual({ ...someProfile, name: "b" });
  });

  it("says what a server is for, until that is taken away", () => {
    const environment = { kind: "production", confirms: true } as const;
    const named = after([
      { type: "server-added", profile: { ...someProfile, fleet: "shop" }, at: at(0) },
      { type: "server-renamed", id, name: "a", environment },
      { type: "server-renamed", id, name: "b" },
    ]);
    expect(named.servers[0]?.profile).toEqual({ ...someProfile, name: "b", fleet: "shop", environment });
    const plain = after([{ type: "server-renamed", id, name: "b", environment: null }], named);
    expect(plain.servers[0]?.profile).toEqual({ ...someProfile, name: "b", fleet: "shop" });
  });

  it("forgets what was seen of a server that is reached otherwise, which stays where it is", () => {
    const moved = { ...someProfile, socketPath: "/run/other.sock" };
    const state = after([
      { type: "server-added", profile: someProfile, at: at(0) },
      { type: "server-added", profile: { ...someProfile, id: "b" }, at: at(0) },
      { type: "streamed", id, at: at(1), lines: [someSnapshot()] },
      { type: "server-added", profile: moved, at: at(2) },
    ]);
    expect(state.servers.map(({ profile }) => profile.id)).toEqual([id, "b"]);
    expect(state.servers[0]).toMatchObject({ profile: moved, snapshot: null, connection: { state: "connecting" } });
  });

  it("shows a notice once, and not any more when it is dismissed", () => {
    const notice = { id: "n", level: "warning", title: "t", detail: "d" } as const;
    const state = after([
      { type: "notice", notice },
      { type: "notice", notice: { ...notice, detail: "newer" } },
    ]);
    expect(state.notices).toEqual([{ ...notice, detail: "newer" }]);
    expect(after([{ type: "notice-dismissed", id: "n" }], state).notices).toEqual([]);
  });

  it("never changes the state it was given", () => {
    const freeze = <T>(value: T): T => {
      if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
      return value;
    };
    const state = freeze(after([{ type: "server-added", profile: someProfile, at: at(0) }, ...connected]));
    expect(() =>
      after(
        [
          { type: "streamed", id, at: at(2), lines: [metricsEvent(2, 1)] },
          { type: "lost", id, at: at(3), failure, retryAt: at(4) },
          { type: "server-removed", id },
        ],
        state,
      ),
    ).not.toThrow();
  });
});

describe("the page", () => {
  const second = fc.integer({ min: 0, max: 50 });
  const action = fc.oneof<fc.Arbitrary<Action>[]>(
    second.map((s) => ({ type: "answered", id, at: at(s), roundTripMs: s, clockAheadMs: 0 })),
    fc
      .tuple(second, fc.integer({ min: 1, max: 9 }), fc.nat(90))
      .map(([s, revision, rate]) => ({ type: "streamed", id, at: at(s), lines: [metricsEvent(revision, rate)] })),
    second.map((s) => ({ type: "streamed", id, at: at(s), lines: [someSnapshot(), metricsEvent(2, 5)] })),
    second.map((s) => ({ type: "lost", id, at: at(s), failure, retryAt: null })),
    second.map((s) => ({ type: "connecting", id, at: at(s) })),
    fc.constant({ type: "server-removed", id }),
    second.map((s) => ({ type: "server-added", profile: someProfile, at: at(s) })),
    fc.constant({
      type: "asked",
      question: {
        id: "q",
        serverId: id,
        server: "web",
        address: "root@web",
        kind: "secret",
        what: "password",
        subject: "root@web",
        wrong: false,
        keychain: true,
      },
    }),
    fc.constant({ type: "question-closed", id: "q" }),
    fc.constant({ type: "part", part: "keychain", value: { state: "memory", why: "none" } }),
  );

  it("holds just what main holds, however its patches are gathered", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(action, fc.boolean()), { maxLength: 40 }), (steps) => {
        let state = someState();
        let page = state;
        let waiting: StatePatch[] = [];
        for (const [step, applies] of steps) {
          // A server is added once.
          if (step.type === "server-added" && state.servers.some(({ profile }) => profile.id === id)) continue;
          const reduced = reduce(state, step);
          state = reduced.state;
          if (reduced.patch !== undefined) waiting.push(structuredClone(reduced.patch));
          if (!applies) continue;
          page = patched(page, waiting);
          waiting = [];
          expect(page).toEqual(state);
        }
      }),
    );
  });
});
