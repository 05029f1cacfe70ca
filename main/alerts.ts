import type { AppState, Destination, ServerState } from "./ipc-contract.ts";

/** Something that a person wants to know although the window is not in front. */
export interface Alert {
  /** The same as long as it is about the same thing; it is shown once. */
  id: string;
  title: string;
  body: string;
  destination: Destination;
}

/** A connection that breaks for less than this is not worth a word. */
const LOST_MS = 15_000;

const alertsOn = (server: ServerState, now: number): Alert[] => {
  const { profile, connection, snapshot } = server;
  const running = (snapshot?.maintenance ?? []).filter(({ state }) => state === "in-maintenance");
  const overdue = running
    .filter(({ until }) => until !== undefined && Date.parse(until) <= now)
    .map(({ id, site, until }): Alert => ({
      id: `overdue:${profile.id}:${id}:${until ?? ""}`,
      title: `${site} is still in maintenance`,
      body: `The end that was announced for ${site} on ${profile.name} has passed.`,
      destination: { screen: "progress", serverId: profile.id, receiptId: id },
    }));
  if (running.length === 0 || connection.state !== "unreachable" || now - Date.parse(connection.since) < LOST_MS) return overdue;
  const sites = running.map(({ site }) => site).join(", ");
  return [
    ...overdue,
    {
      id: `lost:${profile.id}:${connection.since}`,
      title: `${profile.name} cannot be reached`,
      body: `${sites} was in maintenance there when it was last seen.`,
      destination: { screen: "server", serverId: profile.id },
    },
  ];
};

/** What is worth an alert now. @param now milliseconds since the epoch */
export const alertsOf = (state: AppState, now: number): Alert[] => state.servers.flatMap((server) => alertsOn(server, now));
