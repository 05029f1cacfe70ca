/** Which commands change a server, and which servers want to be asked about first. Pure. */
import { t } from "../../main/language/translate.ts";
import type { CommandName, Input } from "../../main/contract/commands.ts";
import type { AppState } from "../../main/contract/state.ts";

/** What a command does, after "This"; `undefined` for one that changes no server. */
export function changeWords(name: CommandName): string | undefined {
  switch (name) {
    case "config.put":
      return t("changes the configuration");
    case "generation.activate":
      return t("makes another generation the active one");
    case "maintenance.start":
      return t("puts a site in maintenance");
    case "maintenance.change":
      return t("changes a maintenance that is on");
    case "maintenance.revert":
      return t("brings a site back");
    case "fleet.change":
      return t("changes maintenance that is on");
    case "fleet.start":
      return t("switches several sites");
    case "fleet.finish":
      return t("finishes a switch of several sites");
    case "fleet.undo":
      return t("undoes a switch of several sites");
    case "windows.create":
    case "windows.finish":
      return t("plans maintenance");
    case "windows.change":
    case "windows.detach":
      return t("changes planned maintenance");
    case "windows.remove":
      return t("removes planned maintenance");
    case "windows.skip":
      return t("skips planned maintenance");
    case "windows.start":
      return t("puts its sites in maintenance");
    case "windows.extend":
      return t("moves the end of a maintenance");
    case "windows.end":
      return t("brings its sites back");
    case "windows.undo":
      return t("undoes the last change of the schedule");
    case "reminder.act":
      return t("acts on what is due");
    case "server.restart":
      return t("restarts the workers");
    case "requests.cut":
      return t("cuts a request");
    case "channel.put":
    case "channel.remove":
      return t("changes where reminders go");
    case "certificate.renew":
      return t("orders a certificate");
    case "webServers.installHook":
    case "webServers.removeHook":
      return t("changes files of a web server and reloads it");
    default:
      return undefined;
  }
}

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
