/** What there is to say now, as a pure function of the state. */
import type { AppState } from "../contract/state.ts";
import type { Alert } from "./alert.ts";
import { alertsFromAgents } from "./reminded-alerts.ts";
import { alertsSeenOn } from "./seen-alerts.ts";

/** What is worth an alert now, one for each thing. @param now milliseconds since the epoch */
export function alertsOf(state: AppState, now: number): Alert[] {
  return [...alertsFromAgents(state, now), ...state.servers.flatMap((server) => alertsSeenOn(server, now))];
}
