/** The recurrence rule of an event, without what other programs add to it. Pure. */
import { rulePartsOf, ruleTextOf } from "../../server-agent/core/windows/rule-text.ts";
import { type Component, LineFault, every, first } from "./content-lines.ts";
import { t } from "../language/translate.ts";

/**
 * @param start wall-clock time; hours and minutes of the rule that are the same say nothing
 * @param notes gets a line for what is left out
 * @throws {LineFault} where the event recurs in a way that a window cannot
 */
export function ruleOfEvent(event: Component, start: string, notes: string[]): string | undefined {
  for (const name of ["rdate", "exrule"]) {
    const extra = first(event, name);
    if (extra !== undefined && extra.text !== "")
      throw new LineFault(
        extra.line,
        t("{name} is not taken over; write the dates as events of their own", { name: name.toUpperCase() }),
      );
  }
  const [rule, second] = every(event, "rrule");
  if (second !== undefined)
    throw new LineFault(second.line, t("a window has one RRULE; make an event of its own for the second one"));
  if (rule === undefined) return undefined;
  if (first(event, "recurrence-id") !== undefined) {
    notes.push(t("The rule in line {line} was left out: one occurrence that was moved has none.", { line: rule.line }));
    return undefined;
  }
  const [, hour = "", minute = "", seconds = "00"] = /T(\d\d):(\d\d)(?::(\d\d))?/.exec(start) ?? [];
  const implied = new Map([
    ["BYHOUR", hour],
    ["BYMINUTE", minute],
    ["BYSECOND", seconds],
  ]);
  const parts = rulePartsOf(rule.text.replaceAll(/\s/g, "")).filter(([name, value]) => {
    if (name.startsWith("X-")) notes.push(t("{name} in line {line} was left out.", { name, line: rule.line }));
    return name !== "" && !name.startsWith("X-") && Number(implied.get(name) ?? Number.NaN) !== Number(value);
  });
  return ruleTextOf(parts);
}
