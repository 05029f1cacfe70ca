/** Windows of servers into a calendar file, and a calendar file into what could be planned. */
import { t } from "../language/translate.ts";
import type { CallArguments } from "../../server-agent/core/client/admin-call.ts";
import type { MaintenanceWindow } from "../../server-agent/contract/windows.ts";
import type { Reply, RouteName } from "../../server-agent/contract/routes.ts";
import { done, failed } from "../failures.ts";
import type { CalendarEntry } from "../contract/calendar.ts";
import type { Result } from "../contract/failures.ts";
import type { ServerProfile } from "../contract/servers.ts";
import { ruleFault } from "../../server-agent/core/windows/rule-text.ts";
import { loadTemporal } from "../windows/temporal.ts";
import { draftOf, isPlannedAs } from "../windows/full-draft.ts";
import { LineFault } from "./content-lines.ts";

export interface WindowPlace {
  serverId: string;
  id: string;
}

export interface Agents {
  call: <N extends RouteName>(serverId: string, name: N, given: CallArguments<N>) => Promise<Result<Reply<N>>>;
  profiles: () => readonly ServerProfile[];
}

/**
 * The text of the file. All of them or none: a file that lacks some would be taken for whole. A
 * window of several servers is one event.
 */
export async function calendarOf({ call, profiles }: Agents, places: readonly WindowPlace[]): Promise<Result<string>> {
  const names = new Map(profiles().map(({ id, name }) => [id, name]));
  const found: { window: MaintenanceWindow; servers: string[] }[] = [];
  for (const { serverId, id } of places) {
    // In full: what everybody is told of a window is without its logos.
    const reply = await call(serverId, "getWindow", { params: { id } });
    const server = names.get(serverId) ?? serverId;
    if (!reply.ok)
      return {
        ok: false,
        failure: {
          ...reply.failure,
          message: t("Nothing was exported, as a window of {server} could not be read: {why}", {
            server,
            why: reply.failure.message,
          }),
        },
      };
    const { title, rrule } = reply.value;
    const fault = rrule === undefined ? undefined : ruleFault(rrule);
    if (fault !== undefined)
      return failed(
        "window.state",
        t(
          "Nothing was exported, as no other program would read the rule of “{title}” on {server}; change it first: {fault}",
          { title, server, fault },
        ),
      );
    const same = found.find(({ window }) => isSame(window, reply.value));
    if (same === undefined) found.push({ window: reply.value, servers: [server] });
    else same.servers.push(server);
  }
  await loadTemporal();
  const { writeWindows } = await import("./write-windows.ts");
  return done(writeWindows(found, Date.now()));
}

/** One event stands for both: the same operation, planned just so. */
function isSame(one: MaintenanceWindow, other: MaintenanceWindow): boolean {
  return one.operation !== undefined && one.operation.id === other.operation?.id && isPlannedAs(one, draftOf(other));
}

/** @param file its name, for the words */
export async function entriesOf(text: string, file: string): Promise<Result<CalendarEntry[]>> {
  await loadTemporal();
  const { readWindows } = await import("./read-windows.ts");
  try {
    const entries = readWindows(text, Intl.DateTimeFormat().resolvedOptions().timeZone, Date.now());
    if (entries.length > 0) return done(entries);
    return failed(
      "file.unusable",
      t("{file} has nothing to plan: its events are cancelled, or none of them takes place.", { file }),
    );
  } catch (error) {
    if (error instanceof LineFault)
      return failed(
        "file.unusable",
        t("{file}, line {line}: {message}", { file, line: error.line, message: error.message }),
      );
    throw error;
  }
}
