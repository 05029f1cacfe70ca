/**
 * An iCalendar text (RFC 5545, 3.1 and 3.4) as components within components, each property with the
 * number of its line in the file, so that what is wrong can be found there. Pure.
 */
import ICAL from "ical.js";
import { plainText } from "../text/plain-text.ts";
import { t } from "../language/translate.ts";

export interface Property {
  name: string;
  line: number;
  parameters: Readonly<Record<string, string>>;
  /** By its VALUE or its name, in lower case. */
  type: string;
  /** The value as it stands in the file. */
  text: string;
  /** As in jCal (RFC 7265): text without its escapes. */
  values: readonly string[];
  /** Why it cannot be read; told where it is needed, as nobody needs all of a file. */
  fault?: string;
}

export interface Component {
  name: string;
  line: number;
  properties: readonly Property[];
  components: readonly Component[];
}

/** What is wrong with a file, and where. */
export class LineFault extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.name = "LineFault";
    this.line = line;
  }
}

/** More lines than a calendar of many years has. */
const MAX_LINES = 200_000;
const MAX_DEPTH = 5;

interface Open {
  name: string;
  line: number;
  properties: Property[];
  components: Component[];
}

/** The calendars of a file, one at least (RFC 5545, 3.4: a stream of them). @throws {LineFault} */
export function readComponents(text: string): [Component, ...Component[]] {
  if (text.includes("\0")) throw new LineFault(1, t("the file is not text in UTF-8; save it as UTF-8"));
  const open: Open[] = [];
  const calendars: Component[] = [];
  for (const { line, content } of unfolded(text)) {
    const [, verb = "", name = ""] = /^(BEGIN|END):\s*([\w-]+)\s*$/i.exec(content) ?? [];
    const inner = open.at(-1);
    if (verb.toUpperCase() === "BEGIN") {
      if (inner === undefined && name.toUpperCase() !== "VCALENDAR") throw outside(line, calendars);
      if (open.length === MAX_DEPTH)
        throw new LineFault(line, t("components are nested more than {most} deep", { most: MAX_DEPTH }));
      open.push({ name: name.toUpperCase(), line, properties: [], components: [] });
    } else if (inner === undefined) throw outside(line, calendars);
    else if (verb.toUpperCase() === "END") {
      if (name.toUpperCase() !== inner.name)
        throw new LineFault(
          line,
          t("END:{name} stands where END:{expected} was expected, which began in line {line}", {
            name,
            expected: inner.name,
            line: inner.line,
          }),
        );
      open.pop();
      const outer = open.at(-1);
      if (outer === undefined) calendars.push(inner);
      else outer.components.push(inner);
    } else inner.properties.push(propertyOf(content, line));
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined)
    throw new LineFault(
      unclosed.line,
      t("BEGIN:{name} has no END:{name}; is the file complete?", { name: unclosed.name }),
    );
  const [calendar, ...others] = calendars;
  if (calendar === undefined) throw new LineFault(1, t("the file is empty"));
  return [calendar, ...others];
}

function outside(line: number, calendars: readonly Component[]): LineFault {
  return new LineFault(
    line,
    calendars.length === 0
      ? t("a calendar file starts with BEGIN:VCALENDAR")
      : t("there is something behind the end of the calendar"),
  );
}

/** All properties of this name. @throws {LineFault} where one cannot be read */
export function every({ properties }: Component, name: string): Property[] {
  const found = properties.filter((property) => property.name === name);
  for (const { line, fault } of found) if (fault !== undefined) throw new LineFault(line, fault);
  return found;
}

/** The first property of this name. @throws {LineFault} where it cannot be read */
export function first(component: Component, name: string): Property | undefined {
  return every(component, name)[0];
}

function unfolded(text: string): { line: number; content: string }[] {
  const lines: { line: number; content: string }[] = [];
  for (const [index, raw] of text
    .replace(/^\ufeff/, "")
    .split(/\r\n|\n|\r/)
    .entries()) {
    if (index >= MAX_LINES)
      throw new LineFault(index + 1, t("the file has more than {most} lines", { most: MAX_LINES }));
    const last = lines.at(-1);
    if (/^[ \t]/.test(raw) && last !== undefined) last.content += raw.slice(1);
    else if (raw.trim() !== "") lines.push({ line: index + 1, content: raw });
  }
  return lines;
}

/** A zone's name with a colon has to stand in quotes; some programs forget them. */
const UNQUOTED_ZONE = /^([\w-]+(?:;[^:;"]*)*;TZID=)([^":;]+:[^";]*)((?:;[^:;"]*)*:[^:"]*)$/i;
/** Behind the parameters, of which those in quotes may have colons. */
const VALUE = /^[^":]*(?:"[^"]*"[^":]*)*:(.*)$/s;

function propertyOf(content: string, line: number): Property {
  const name = /^[\w-]+/.exec(content)?.[0].toLowerCase() ?? "";
  const quoted = content.replace(UNQUOTED_ZONE, '$1"$2"$3');
  const text = VALUE.exec(quoted)?.[1]?.trim();
  if (name === "" || text === undefined)
    throw new LineFault(line, t("{text} is no property", { text: JSON.stringify(plainText(content, 60)) }));
  // Rules are read by the agent's own rules (`rule-text.ts`).
  if (name === "rrule") return { name, line, parameters: {}, type: "recur", text, values: [text] };
  try {
    const [, parameters, type, ...values] = ICAL.Property.fromString(quoted).toJSON() as [
      string,
      Record<string, string>,
      string,
      ...unknown[],
    ];
    const texts = values.map((value) => (typeof value === "string" ? value : JSON.stringify(value)));
    return { name, line, parameters, type, text, values: texts };
  } catch (failure) {
    const fault = failure instanceof Error ? failure.message : String(failure);
    return { name, line, parameters: {}, type: "unknown", text, values: [], fault };
  }
}
