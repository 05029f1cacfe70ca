/**
 * Which events of a file stand (RFC 5546, 2.1.5 and 3.2): of several copies of one the latest, and
 * none of messages that plan nothing. Pure.
 */
import { type Component, LineFault } from "./content-lines.ts";
import { t } from "../language/translate.ts";

export interface StandingEvent {
  event: Component;
  isCancelled: boolean;
  /** Lines of its outdated copies. */
  older: number[];
}

const MAX_EVENTS = 1000;
/** Answers to an invitation, and questions about one. */
const NO_PLANS = new Set(["REPLY", "REFRESH", "COUNTER", "DECLINECOUNTER"]);

/** @throws {LineFault} where there are none, or too many */
export function standingEvents(calendars: readonly [Component, ...Component[]]): StandingEvent[] {
  const all = calendars.flatMap((calendar) => {
    const method = textOf(calendar, "method")?.toUpperCase() ?? "";
    const events = calendar.components.filter(({ name }) => name === "VEVENT");
    return events.map((event) => ({
      event,
      isPlan: !NO_PLANS.has(method),
      isCancelled: method === "CANCEL" || textOf(event, "status")?.toUpperCase() === "CANCELLED",
    }));
  });
  if (all.length === 0) throw new LineFault(calendars[0].line, t("the calendar has no events"));
  const tooMany = all[MAX_EVENTS];
  if (tooMany !== undefined)
    throw new LineFault(tooMany.event.line, t("the file has more than {most} events", { most: MAX_EVENTS }));
  const plans = all.filter(({ isPlan }) => isPlan);
  const copies = Map.groupBy(plans, ({ event }) => keyOf(event));
  return plans.flatMap(({ event, isCancelled }) => {
    const others = (copies.get(keyOf(event)) ?? []).map((copy) => copy.event);
    if (others.some((other) => compareAge(other, event) > 0)) return [];
    const older = others.filter((other) => compareAge(other, event) < 0).map(({ line }) => line);
    return [{ event, isCancelled, older }];
  });
}

/** The same for every copy of one event, or of one occurrence of a series. */
function keyOf(event: Component): string {
  const uid = textOf(event, "uid");
  const which = event.properties.find(({ name }) => name === "recurrence-id");
  return uid === undefined ? `line ${event.line}` : JSON.stringify([uid, which?.parameters.tzid, which?.text]);
}

/** By its revision and, where that is the same, by when it was written. */
function compareAge(one: Component, other: Component): number {
  const revision = (event: Component) => Number(textOf(event, "sequence") ?? "0");
  const written = (event: Component) => textOf(event, "dtstamp") ?? "";
  return revision(one) - revision(other) || written(one).localeCompare(written(other));
}

/** As it is written, also where it cannot be read. */
function textOf({ properties }: Component, name: string): string | undefined {
  return properties.find((property) => property.name === name)?.text;
}
