/**
 * Alarms of events as reminders. An alarm that no reminder can stand for never keeps the event out:
 * it is left out, and said to be. Pure.
 */
import { WindowDraft } from "../../server-agent/contract/windows.ts";
import { type Component, LineFault, first } from "./content-lines.ts";
import { durationText, lengthOf } from "./event-dates.ts";
import { t } from "../language/translate.ts";

const MAX_REMINDERS = 20;
const Reminders = WindowDraft.shape.reminders.unwrap();

/** @param notes gets a line for each alarm that is left out */
export function remindersOf(event: Component, notes: string[]): string[] {
  const reminders = new Set<string>();
  for (const alarm of event.components.filter(({ name }) => name === "VALARM")) {
    const found = reminderOf(alarm);
    if ("why" in found)
      notes.push(t("The alarm in line {line} was left out: {why}.", { line: alarm.line, why: found.why }));
    else if (reminders.size === MAX_REMINDERS && !reminders.has(found.reminder))
      notes.push(
        t("The alarm in line {line} was left out: a window has {most} reminders at most.", {
          line: alarm.line,
          most: MAX_REMINDERS,
        }),
      );
    else reminders.add(found.reminder);
  }
  return [...reminders];
}

function reminderOf(alarm: Component): { reminder: string } | { why: string } {
  try {
    const trigger = first(alarm, "trigger");
    if (trigger === undefined) return { why: t("it has no TRIGGER") };
    if (trigger.type === "date-time") return { why: t("it has a date of its own, and reminders go with the window") };
    const fromEnd = trigger.parameters.related?.toUpperCase() === "END";
    const length = lengthOf(trigger);
    if (length.blank) return { reminder: fromEnd ? "end" : "start" };
    if (length.sign > 0) return { why: t("reminders come before the start, at it, before the end, or at it") };
    const reminder = `${fromEnd ? "end" : ""}${durationText(inMinutes(length))}`;
    return Reminders.safeParse([reminder]).success
      ? { reminder }
      : {
          why: t("{text} is not in days, hours and minutes that a reminder can have", {
            text: JSON.stringify(trigger.text.slice(0, 60)),
          }),
        };
  } catch (failure) {
    if (failure instanceof LineFault) return { why: failure.message };
    throw failure;
  }
}

/** 900 seconds are 15 minutes. */
function inMinutes(length: Temporal.Duration): Temporal.Duration {
  const whole = Math.trunc(length.seconds / 60);
  return length.with({ minutes: length.minutes + whole, seconds: length.seconds - whole * 60 });
}
