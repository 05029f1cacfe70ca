/** Which commands change a server, and which servers want to be asked about first. Pure. */
import type { CommandName, Input } from "../../main/contract/commands.ts";
import type { AppState } from "../../main/contract/state.ts";

/** What a command does, after "This"; those that change no server are not here. */
export const CHANGES: Partial<Record<CommandName, string>> = {
  "config.put": "changes the configuration",
  "generation.activate": "makes another generation the active one",
  "maintenance.start": "puts a site in maintenance",
  "maintenance.change": "changes a maintenance that is on",
  "maintenance.revert": "brings a site back",
  "fleet.change": "changes maintenance that is on",
  "fleet.start": "switches several sites",
  "fleet.finish": "finishes a switch of several sites",
  "fleet.undo": "undoes a switch of several sites",
  "windows.create": "plans maintenance",
  "windows.change": "changes planned maintenance",
  "windows.detach": "changes planned maintenance",
  "windows.remove": "removes planned maintenance",
  "windows.finish": "plans maintenance",
  "windows.skip": "skips planned maintenance",
  "windows.start": "puts its sites in maintenance",
  "windows.extend": "moves the end of a maintenance",
  "windows.end": "brings its sites back",
  "windows.undo": "undoes the last change of the schedule",
  "reminder.act": "acts on what is due",
  "server.restart": "restarts the workers",
  "requests.cut": "cuts a request",
  "channel.put": "changes where reminders go",
  "channel.remove": "changes where reminders go",
  "webServers.installHook": "changes files of a web server and reloads it",
  "webServers.removeHook": "changes files of a web server and reloads it",
};

/**
 * The servers among those a command changes that want to be asked about; all that want it where the
 * command does not say which it changes.
 */
export function confirmedServers(
  name: CommandName,
  input: Input<CommandName>,
  { servers, operations, due }: Pick<AppState, "servers" | "operations" | "due">,
): string[] {
  const ids = new Set<string>();
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(collect);
    else if (typeof value === "object" && value !== null)
      for (const [key, each] of Object.entries(value)) {
        if (key === "serverId" && typeof each === "string") ids.add(each);
        else if (key === "serverIds" && Array.isArray(each)) each.forEach((id) => ids.add(String(id)));
        else if (key !== "options" && key !== "config") collect(each);
      }
  };
  collect(input);
  const { operationId, id } = (input ?? {}) as { operationId?: string; id?: string };
  collect(operations.find((operation) => operation.id === operationId)?.servers);
  if (name === "reminder.act") collect(due.find((each) => each.id === id)?.targets);
  return servers
    .filter(({ profile }) => profile.environment?.confirms === true && (ids.size === 0 || ids.has(profile.id)))
    .map(({ profile }) => profile.name);
}
