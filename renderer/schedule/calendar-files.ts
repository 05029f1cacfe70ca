/** Windows as calendar files: writing them, and reading one. What goes wrong is said in a toast. */
import { t } from "../../main/language/translate.ts";
import type { CalendarEntry } from "../../main/contract/calendar.ts";
import type { WindowPlace } from "../../main/contract/windows.ts";
import type { ServerState } from "../../main/contract/servers.ts";
import { call, failureOf } from "../lib/bridge.ts";
import { toasts } from "../lib/toasts.svelte.ts";

export async function exportWindows(windows: WindowPlace[]): Promise<void> {
  try {
    const written = await call("calendar.export", { windows });
    if (written !== null)
      toasts.say(t("{count, plural, one {# window} other {# windows}} exported", { count: windows.length }), {
        detail: written.file,
      });
  } catch (error) {
    toasts.fail(t("Nothing was exported"), failureOf(error));
  }
}

export function exportAll(servers: readonly ServerState[]): Promise<void> {
  return exportWindows(
    servers.flatMap(({ profile, snapshot }) =>
      (snapshot?.windows ?? []).map(({ id }) => ({ serverId: profile.id, id })),
    ),
  );
}

/** Asks for a file. @returns what it has; `undefined` when none was chosen, or it cannot be read */
export async function readCalendar(): Promise<{ file: string; entries: CalendarEntry[] } | undefined> {
  try {
    return (await call("calendar.import", undefined)) ?? undefined;
  } catch (error) {
    toasts.fail(t("Nothing was imported"), failureOf(error));
    return undefined;
  }
}
