import type { AppState, Destination, ServerState } from "./ipc-contract.ts";
import { nativeText } from "./native-text.ts";

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

/** More sites than these, on one server, are one alert. */
const APART = 3;

const alertsOn = (server: ServerState, now: number): Alert[] => {
  const { profile, connection, snapshot } = server;
  const running = (snapshot?.maintenance ?? []).filter(({ state }) => state === "in-maintenance");
  const name = nativeText(profile.name);
  const due = running.filter(({ until }) => until !== undefined && Date.parse(until) <= now);
  const overdue = due.map(({ id, site, until }): Alert => ({
    id: `overdue:${profile.id}:${id}:${until ?? ""}`,
    title: `${nativeText(site)} is still in maintenance`,
    body: `The end that was announced for ${nativeText(site)} on ${name} has passed.`,
    destination: { screen: "progress", serverId: profile.id, receiptId: id },
  }));
  const together: Alert = {
    id: `overdue:${profile.id}:${due.length}:${due.map(({ until }) => until ?? "").reduce((last, until) => (until > last ? until : last), "")}`,
    title: `${due.length} sites are still in maintenance`,
    body: `The ends that were announced for them on ${name} have passed.`,
    destination: { screen: "server", serverId: profile.id },
  };
  const ended = overdue.length > APART ? [together] : overdue;
  if (running.length === 0 || connection.state !== "unreachable" || now - Date.parse(connection.since) < LOST_MS) return ended;
  const sites =
    running.length > APART
      ? `${running.length} sites were`
      : `${running.map(({ site }) => nativeText(site)).join(", ")} ${running.length === 1 ? "was" : "were"}`;
  return [
    ...ended,
    {
      id: `lost:${profile.id}:${connection.since}`,
      title: `${name} cannot be reached`,
      body: `${sites} in maintenance there when it was last seen.`,
      destination: { screen: "server", serverId: profile.id },
    },
  ];
};

/** What is worth an alert now. @param now milliseconds since the epoch */
export const alertsOf = (state: AppState, now: number): Alert[] => state.servers.flatMap((server) => alertsOn(server, now));
