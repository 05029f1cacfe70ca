/** Acting on windows from wherever one is shown: says what it came to, and offers the way back. */
import { locale } from "../../main/language/language.ts";
import { t } from "../../main/language/translate.ts";
import { SvelteSet } from "svelte/reactivity";
import type { ScheduledOccurrence } from "../../main/contract/schedule.ts";
import { EXTENSION_MINUTES } from "../../main/contract/shared/extension.ts";
import { isRunning } from "../../main/contract/shared/states.ts";
import type { SeenWindow, ServerWindowResult, WindowPlace } from "../../main/contract/windows.ts";
import { call, FailureError, failureOf } from "../lib/bridge.ts";
import { visibleText } from "../../server-agent/core/visible-text.ts";
import { toasts, type ToastAction } from "../lib/toasts.svelte.ts";

const busy = new SvelteSet<string>();

export function isBusy(key: string): boolean {
  return busy.has(key);
}

export function placesOf({ places }: Pick<ScheduledOccurrence, "places">): WindowPlace[] {
  return places.map(({ serverId, id }) => ({ serverId, id }));
}
export function seenOf({ places }: Pick<ScheduledOccurrence, "places">): SeenWindow[] {
  return places.map(({ serverId, id, revision }) => ({ serverId, id, revision }));
}

/** Says what was done, with Undo where there is a way back. */
export function sayDone(text: string, undo: string | null, detail?: string): void {
  const actions: ToastAction[] = undo === null ? [] : [{ label: t("Undo"), run: () => void applyUndo(text, undo) }];
  toasts.say(text, { ...(detail === undefined ? {} : { detail }), actions });
}

async function applyUndo(text: string, undo: string): Promise<void> {
  try {
    await call("windows.undo", { undo });
    toasts.say(t("Undone: {what}", { what: text }));
  } catch (error) {
    toasts.fail(t("It was not undone"), failureOf(error));
  }
}

/** @returns whether it was done */
async function run(key: string, what: string, action: () => Promise<void>): Promise<boolean> {
  if (busy.has(key)) return false;
  busy.add(key);
  try {
    await action();
    return true;
  } catch (error) {
    toasts.fail(what, failureOf(error));
    return false;
  } finally {
    busy.delete(key);
  }
}

/** Says who could not; throws where nobody could. */
function tell(text: string, servers: readonly ServerWindowResult[], undo: string | null): void {
  const refused = servers.filter(({ failure }) => failure !== null);
  const [first] = refused;
  if (first?.failure !== undefined && first.failure !== null) {
    const message =
      servers.length === 1
        ? first.failure.message
        : refused.map(({ name, failure }) => `${visibleText(name)}: ${failure?.message ?? ""}`).join("\n");
    if (refused.length === servers.length) throw new FailureError({ ...first.failure, message });
    const on = new Intl.ListFormat(locale()).format(refused.map(({ name }) => visibleText(name)));
    toasts.fail(t("{what}, but not on {servers}", { what: text, servers: on }), {
      ...first.failure,
      message,
    });
    return;
  }
  sayDone(text, undo);
}

function named({ title }: Pick<ScheduledOccurrence, "title">): { title: string } {
  return { title: visibleText(title) };
}

export function startNow(occurrence: ScheduledOccurrence): Promise<boolean> {
  return run(occurrence.series, t("“{title}” did not start", named(occurrence)), async () => {
    const { servers } = await call("windows.start", { windows: placesOf(occurrence), start: occurrence.start });
    tell(t("“{title}” has started", named(occurrence)), servers, null);
  });
}

/** Only where it runs. */
export function extend(occurrence: ScheduledOccurrence): Promise<boolean> {
  return run(occurrence.series, t("“{title}” was not extended", named(occurrence)), async () => {
    const { servers, undo } = await call("windows.extend", {
      windows: runningIn(occurrence),
      minutes: EXTENSION_MINUTES,
    });
    tell(
      t("“{title}” is extended by {minutes} min", { ...named(occurrence), minutes: EXTENSION_MINUTES }),
      servers,
      undo,
    );
  });
}

export function endNow(occurrence: ScheduledOccurrence): Promise<boolean> {
  return run(occurrence.series, t("“{title}” did not end", named(occurrence)), async () => {
    const { servers } = await call("windows.end", { windows: runningIn(occurrence) });
    tell(t("“{title}” has ended", named(occurrence)), servers, null);
  });
}

/** @throws {FailureError} where nobody could */
export async function skip(occurrence: ScheduledOccurrence): Promise<void> {
  const { servers, undo } = await call("windows.skip", { windows: placesOf(occurrence), start: occurrence.start });
  tell(t("One occurrence of “{title}” is skipped", named(occurrence)), servers, undo);
}

/** @throws {FailureError} */
export async function remove(occurrence: Pick<ScheduledOccurrence, "title" | "places">): Promise<void> {
  const { undo } = await call("windows.remove", { windows: seenOf(occurrence) });
  sayDone(t("“{title}” is removed", named(occurrence)), undo);
}

function runningIn({ places }: ScheduledOccurrence): WindowPlace[] {
  return places.filter(isRunning).map(({ serverId, id }) => ({ serverId, id }));
}
