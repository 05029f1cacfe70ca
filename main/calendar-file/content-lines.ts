/**
 * An iCalendar text (RFC 5545, 3.1 and 3.4) as components within components, each property with the
 * number of its line in the file, so that what is wrong can be found there. Pure.
 */
import ICAL from "ical.js";

export interface Property {
  name: string;
  line: number;
  parameters: Readonly<Record<string, string>>;
  /** The value as it stands in the file. */
  text: string;
  /**
   * As in jCal (RFC 7265): dates as `2030-01-31T23:00:00`, text without its escapes, recurrence
   * rules as they stand.
   */
  values: readonly string[];
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

/** The calendar of a file. @throws {LineFault} */
export function readComponents(text: string): Component {
  const open: Open[] = [];
  let calendar: Component | undefined;
  for (const { line, content } of unfolded(text)) {
    const [, verb = "", name = ""] = /^(BEGIN|END):\s*([\w-]+)\s*$/i.exec(content) ?? [];
    const inner = open.at(-1);
    if (verb.toUpperCase() === "BEGIN") {
      if (inner === undefined && (calendar !== undefined || name.toUpperCase() !== "VCALENDAR"))
        throw new LineFault(
          line,
          calendar === undefined
            ? "a calendar file starts with BEGIN:VCALENDAR"
            : "there is something behind the end of the calendar",
        );
      if (open.length === MAX_DEPTH) throw new LineFault(line, `components are nested more than ${MAX_DEPTH} deep`);
      open.push({ name: name.toUpperCase(), line, properties: [], components: [] });
    } else if (inner === undefined) throw new LineFault(line, "a calendar file starts with BEGIN:VCALENDAR");
    else if (verb.toUpperCase() === "END") {
      if (name.toUpperCase() !== inner.name)
        throw new LineFault(
          line,
          `END:${name} stands where END:${inner.name} was expected, which began in line ${inner.line}`,
        );
      open.pop();
      const outer = open.at(-1);
      if (outer === undefined) calendar = inner;
      else outer.components.push(inner);
    } else inner.properties.push(propertyOf(content, line));
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined)
    throw new LineFault(unclosed.line, `BEGIN:${unclosed.name} has no END:${unclosed.name}; is the file complete?`);
  if (calendar === undefined) throw new LineFault(1, "the file is empty");
  return calendar;
}

/** The first property of this name. */
export function first({ properties }: Component, name: string): Property | undefined {
  return properties.find((property) => property.name === name);
}

function unfolded(text: string): { line: number; content: string }[] {
  const lines: { line: number; content: string }[] = [];
  for (const [index, raw] of text
    .replace(/^\ufeff/, "")
    .split(/\r\n|\n|\r/)
    .entries()) {
    if (index >= MAX_LINES) throw new LineFault(index + 1, `the file has more than ${MAX_LINES} lines`);
    const last = lines.at(-1);
    if (/^[ \t]/.test(raw) && last !== undefined) last.content += raw.slice(1);
    else if (raw.trim() !== "") lines.push({ line: index + 1, content: raw });
  }
  return lines;
}

/** What is not looked at may be written in any way. */
const USED = new Set([
  "dtstart",
  "dtend",
  "duration",
  "rrule",
  "rdate",
  "exrule",
  "exdate",
  "recurrence-id",
  "trigger",
  "summary",
  "description",
  "status",
  "uid",
]);

function propertyOf(content: string, line: number): Property {
  const name = /^[\w-]+/.exec(content)?.[0].toLowerCase() ?? "";
  const text = content.slice(content.indexOf(":") + 1).trim();
  try {
    // Its own toString would turn 31 February into 3 March; jCal keeps what was written.
    const [, parameters, , ...values] = ICAL.Property.fromString(content).toJSON() as [
      string,
      Record<string, string>,
      string,
      ...unknown[],
    ];
    if (name === "rrule") return { name, line, parameters, text, values: [text] };
    return {
      name,
      line,
      parameters,
      text,
      values: values.map((value) => (typeof value === "string" ? value : JSON.stringify(value))),
    };
  } catch (failure) {
    if (name !== "" && !USED.has(name) && content.includes(":"))
      return { name, line, parameters: {}, text, values: [] };
    throw new LineFault(line, failure instanceof Error ? failure.message : String(failure));
  }
}
