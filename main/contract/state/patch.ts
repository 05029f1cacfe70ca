/**
 * How patches change `AppState`. Pure; main and the page run the same code, so that both hold the
 * same state.
 */
import type { AppState, StatePatch } from "../state.ts";
import type { ServerState } from "../servers.ts";
import type { PartPatch } from "./parts.ts";
import { observeRates, passSeconds } from "./request-history.ts";

/** The most frequent patch: a server was heard of, and its metrics. */
export type Observation = Omit<Extract<StatePatch, { part: "observation" }>, "part" | "id">;

export function withObservation(server: ServerState, { at, connection, metrics }: Observation): ServerState {
  const seen = { ...server, observedAt: at, connection };
  if (metrics === null || server.snapshot === null) return { ...seen, ...passSeconds(server, at) };
  const snapshot = { ...server.snapshot, revision: metrics.revision, at: metrics.at, metrics: metrics.byVirtualHost };
  return { ...seen, snapshot, ...observeRates(server, metrics.byVirtualHost, at) };
}

type SeenFromHere = Omit<Extract<StatePatch, { part: "seen-from-here" }>, "part" | "id">;

export function withSeenFromHere(server: ServerState, { receiptId, proof }: SeenFromHere): ServerState {
  const { [receiptId]: _before, ...others } = server.publicProofs;
  return { ...server, publicProofs: proof === null ? others : { ...others, [receiptId]: proof } };
}

export function withPart(state: AppState, { part, value }: PartPatch): AppState {
  return { ...state, [part]: value };
}

const OF_SERVERS: ReadonlySet<StatePatch["part"]> = new Set([
  "server",
  "observation",
  "seen-from-here",
  "server-removed",
]);

/** The state after some patches; a new server comes last. */
export function patched(state: AppState, patches: readonly StatePatch[]): AppState {
  const servers = new Map(state.servers.map((server) => [server.profile.id, server]));
  let rest = state;
  for (const patch of patches) {
    switch (patch.part) {
      case "server":
        servers.set(patch.server.profile.id, patch.server);
        break;
      case "observation": {
        const server = servers.get(patch.id);
        if (server !== undefined) servers.set(patch.id, withObservation(server, patch));
        break;
      }
      case "seen-from-here": {
        const server = servers.get(patch.id);
        if (server !== undefined) servers.set(patch.id, withSeenFromHere(server, patch));
        break;
      }
      case "server-removed":
        servers.delete(patch.id);
        break;
      default:
        rest = withPart(rest, patch);
    }
  }
  const touched = patches.some(({ part }) => OF_SERVERS.has(part));
  return touched ? { ...rest, servers: [...servers.values()] } : rest;
}
