/** Which sites are in maintenance, named before something is done that leaves them so. Pure. */
import { t } from "../../language/translate.ts";
import { listOf } from "../../language/formats.ts";
import { siteName } from "../../../server-agent/core/site-name.ts";
import { visibleText } from "../../../server-agent/core/visible-text.ts";
import type { ServerProfile, ServerState } from "../servers.ts";
import { isOpen } from "./states.ts";

/** More are counted. */
const MAX_NAMED = 5;

type Known = Pick<ServerState, "profile" | "snapshot">;

/** Names of what is in maintenance there, as far as it was seen. */
function closedOn({ snapshot }: Known): string[] {
  if (snapshot === null) return [];
  const open = snapshot.maintenance.filter(isOpen).map(({ site }) => siteName(snapshot.config, site));
  return [...new Set(open)].map((name) => visibleText(name));
}

/** `shop.example.com and blog.example.com on web-01`; empty where nothing is in maintenance. */
export function closedSitesWords(servers: readonly Known[]): string {
  const parts = servers
    .map((server) => ({ name: visibleText(server.profile.name), sites: closedOn(server) }))
    .filter(({ sites }) => sites.length > 0);
  return parts.map(({ name, sites }) => t("{sites} on {server}", { sites: listed(sites), server: name })).join(", ");
}

/** `shop.example.com and blog.example.com`; empty where nothing is in maintenance. */
export function closedNames(server: Known | undefined): string {
  return server === undefined ? "" : listed(closedOn(server));
}

function listed(names: readonly string[]): string {
  const named = names.slice(0, MAX_NAMED);
  return names.length > MAX_NAMED
    ? t("{names} and {count} more", { names: named.join(", "), count: names.length - MAX_NAMED })
    : listOf(named);
}

/** The line that brings a site back on the server itself, where this computer does not reach it. */
export function bringBackLine(profile: ServerProfile, site: string): string {
  const program = profile.kind === "ssh" ? profile.program : "backsoon-agent";
  return `${shellWord(program)} maintenance off ${shellWord(site)} --socket ${shellWord(profile.socketPath)}`;
}

/** As sh(1) reads it as one word; `~/` at the beginning stays the home folder. */
function shellWord(text: string): string {
  if (/^(?:~\/)?[\w./:@+-]+$/.test(text)) return text;
  const home = text.startsWith("~/") ? "~/" : "";
  return `${home}'${text.slice(home.length).replaceAll("'", `'\\''`)}'`;
}
