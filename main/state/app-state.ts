/** How the app's state changes by what happens. Pure. */
import { applyEvent } from "../../server-agent/core/client/apply-event.ts";
import type { StreamLine } from "../../server-agent/contract/events.ts";
import type { Failure } from "../contract/failures.ts";
import { observeRates, resumeRates } from "../contract/state/request-history.ts";
import type { Environment, Question, ServerProfile, ServerState } from "../contract/servers.ts";
import type { Settings } from "../contract/settings.ts";
import type { AppInfo, AppState, StatePatch } from "../contract/state.ts";
import type { Notice } from "../contract/state/notice.ts";
import { INITIAL_PARTS, type PartPatch } from "../contract/state/parts.ts";
import { type Observation, withObservation, patched, withPart, withSeenFromHere } from "../contract/state/patch.ts";

/**
 * What happened in a session with an agent; `at` is this computer's clock (ISO), `id` that of the
 * server profile.
 */
export type SessionEvent =
  | { type: "connecting"; id: string; at: string }
  /**
   * The agent answered; `roundTripMs` is that of one small call, `clockAheadMs` how much later its
   * clock is than this computer's.
   */
  | { type: "answered"; id: string; at: string; roundTripMs: number; clockAheadMs: number }
  | { type: "streamed"; id: string; at: string; lines: StreamLine[] }
  | { type: "lost"; id: string; at: string; failure: Failure; retryAt: string | null };

export interface Naming {
  name: string;
  /** `null`: none any more; `undefined`: as it is. */
  fleet?: string | null | undefined;
  environment?: Environment | null | undefined;
}

export function renamed<P extends ServerProfile>(profile: P, { name, fleet, environment }: Naming): P {
  const { fleet: oldFleet, environment: oldEnvironment, ...rest } = profile;
  const kept = {
    fleet: fleet === undefined ? oldFleet : fleet,
    environment: environment === undefined ? oldEnvironment : environment,
  };
  return {
    ...rest,
    name,
    ...Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined && value !== null)),
  } as P;
}

export type Action =
  | SessionEvent
  | { type: "server-added"; profile: ServerProfile; at: string }
  | ({ type: "server-renamed"; id: string } & Naming)
  | ({ type: "seen-from-here" } & Omit<Extract<StatePatch, { part: "seen-from-here" }>, "part">)
  | { type: "server-removed"; id: string }
  | { type: "notice"; notice: Notice }
  | { type: "notice-dismissed"; id: string }
  | { type: "asked"; question: Question }
  | { type: "question-closed"; id: string }
  | ({ type: "part" } & PartPatch);

export interface Reduced {
  state: AppState;
  /** What changed; `undefined` when nothing did. */
  patch: StatePatch | undefined;
}

export function initialState(app: AppInfo, settings: Settings): AppState {
  return { ...INITIAL_PARTS, app, settings, servers: [] };
}

function withLine(server: ServerState, line: StreamLine, at: string): ServerState {
  if (line.type === "snapshot") return { ...server, snapshot: line, ...resumeRates(server, line.metrics, at) };
  if (server.snapshot === null) return server;
  const snapshot = applyEvent(server.snapshot, line);
  return line.type === "metrics"
    ? { ...server, snapshot, ...observeRates(server, snapshot.metrics, at) }
    : { ...server, snapshot };
}

/** The observation that an event comes down to, when it changes nothing else. */
function observationIn(server: ServerState, event: SessionEvent): Observation | undefined {
  if (event.type === "answered") {
    const since = server.connection.state === "connected" ? server.connection.since : event.at;
    const { at, roundTripMs, clockAheadMs } = event;
    return { at, connection: { state: "connected", since, observedAt: at, roundTripMs, clockAheadMs }, metrics: null };
  }
  if (event.type !== "streamed" || server.snapshot === null || server.connection.state !== "connected")
    return undefined;
  const [line, ...more] = event.lines;
  if (line?.type !== "metrics" || more.length > 0 || line.revision <= server.snapshot.revision) return undefined;
  const metrics = { revision: line.revision, at: line.at, byVirtualHost: line.metrics };
  return { at: event.at, connection: { ...server.connection, observedAt: event.at }, metrics };
}

function withSession(server: ServerState, event: SessionEvent): ServerState {
  switch (event.type) {
    case "connecting":
      return { ...server, connection: { state: "connecting", since: event.at } };
    case "streamed": {
      const next = event.lines.reduce((current, line) => withLine(current, line, event.at), server);
      const connection =
        next.connection.state === "connected" ? { ...next.connection, observedAt: event.at } : next.connection;
      return { ...next, connection, observedAt: event.at };
    }
    case "lost": {
      // The first loss is when it began; later attempts only move `retryAt`.
      const since = server.connection.state === "unreachable" ? server.connection.since : event.at;
      return { ...server, connection: { state: "unreachable", since, failure: event.failure, retryAt: event.retryAt } };
    }
    case "answered":
      // Always an observation.
      return server;
  }
}

function withServer(state: AppState, id: string, change: (server: ServerState) => ServerState): Reduced {
  const before = state.servers.find((server) => server.profile.id === id);
  if (before === undefined) return { state, patch: undefined };
  const server = change(before);
  return {
    state: { ...state, servers: state.servers.map((other) => (other === before ? server : other)) },
    patch: { part: "server", server },
  };
}

function withEvent(state: AppState, event: SessionEvent): Reduced {
  const before = state.servers.find((server) => server.profile.id === event.id);
  const observation = before === undefined ? undefined : observationIn(before, event);
  if (observation === undefined) return withServer(state, event.id, (server) => withSession(server, event));
  const { state: next } = withServer(state, event.id, (server) => withObservation(server, observation));
  return { state: next, patch: { part: "observation", id: event.id, ...observation } };
}

function replaced(state: AppState, patch: PartPatch): Reduced {
  return { state: withPart(state, patch), patch };
}

/** The one place where `AppState` changes. */
export function reduce(state: AppState, action: Action): Reduced {
  switch (action.type) {
    case "connecting":
    case "answered":
    case "streamed":
    case "lost":
      return withEvent(state, action);
    case "server-added": {
      const server: ServerState = {
        profile: action.profile,
        connection: { state: "connecting", since: action.at },
        snapshot: null,
        observedAt: null,
        historyAt: null,
        history: {},
        publicProofs: {},
      };
      return { state: patched(state, [{ part: "server", server }]), patch: { part: "server", server } };
    }
    case "server-renamed":
      return withServer(state, action.id, (server) => ({ ...server, profile: renamed(server.profile, action) }));
    case "seen-from-here": {
      const { type: _type, ...seen } = action;
      const { state: next, patch } = withServer(state, seen.id, (server) => withSeenFromHere(server, seen));
      return { state: next, patch: patch === undefined ? undefined : { part: "seen-from-here", ...seen } };
    }
    case "server-removed":
      return {
        state: { ...state, servers: state.servers.filter((server) => server.profile.id !== action.id) },
        patch: { part: "server-removed", id: action.id },
      };
    case "notice": {
      const others = state.notices.filter((notice) => notice.id !== action.notice.id);
      return replaced(state, { part: "notices", value: [...others, action.notice] });
    }
    case "notice-dismissed":
      return replaced(state, { part: "notices", value: state.notices.filter(({ id }) => id !== action.id) });
    case "asked":
      return replaced(state, { part: "questions", value: [...state.questions, action.question] });
    case "question-closed":
      return replaced(state, { part: "questions", value: state.questions.filter(({ id }) => id !== action.id) });
    case "part": {
      const { type: _type, ...patch } = action;
      return replaced(state, patch);
    }
  }
}
