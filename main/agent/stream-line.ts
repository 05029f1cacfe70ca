/** One line of an agent's event stream, from text to what it says. Pure. */
import type { z } from "zod";
import { Event, SiteMetrics, Snapshot, type StreamLine } from "../../server-agent/contract/events.ts";
import type { Result } from "../contract/failures.ts";
import { Generation } from "../../server-agent/contract/agent.ts";
import { MaintenanceWindow } from "../../server-agent/contract/windows.ts";
import { Receipt, Stage } from "../../server-agent/contract/maintenance.ts";
import { Reminder } from "../../server-agent/contract/reminders.ts";
import { VirtualHost } from "../../server-agent/contract/config.ts";
import { plainText } from "../text/plain-text.ts";
import { tidy } from "./agent-words.ts";
import { ambiguityIn } from "./ambiguity.ts";
import { parseBoundedJson } from "./bounded-json.ts";

const MAX_QUOTE_LENGTH = 120;

export function readStreamLine(text: string): Result<StreamLine, string> {
  const json = parseBoundedJson(text);
  const why = json.ok ? faultOf(json.value) : json.failure;
  if (why !== undefined)
    return {
      ok: false,
      failure: `the event stream has a line that is not an event (${why}): ${plainText(text, MAX_QUOTE_LENGTH)}`,
    };
  const line = (json as { value: StreamLine }).value;
  const doubt = ambiguityIn(line);
  return doubt === undefined
    ? { ok: true, value: tidy(line) }
    : { ok: false, failure: `the event stream is not valid: ${doubt}` };
}

/** Longer than any of an agent's; far from what fills the memory. */
const MAX_LIST_LENGTH = 20_000;
const LISTS = {
  generations: Generation,
  maintenance: Receipt,
  stages: Stage,
  windows: MaintenanceWindow,
  reminders: Reminder,
};

/**
 * Why it is no line of the stream, in the words of the first fault; `undefined` when it is one. The
 * long lists are looked at piece by piece: zod gathers what is wrong with every one of a hundred
 * thousand pieces, which takes seconds and gigabytes, before it says anything.
 */
function faultOf(value: unknown): string | undefined {
  if (!isRecord(value)) return "it is no object";
  const short: Record<string, unknown> = { ...value };
  const lists =
    value.type === "windows" || value.type === "reminders" ? { ...LISTS, changed: LISTS[value.type] } : LISTS;
  for (const [name, element] of Object.entries(lists)) {
    if (!Array.isArray(value[name])) continue;
    const fault = faultInList(name, value[name], element);
    if (fault !== undefined) return fault;
    short[name] = [];
  }
  if (isRecord(value.metrics)) {
    const fault = faultInRecord(value.metrics);
    if (fault !== undefined) return fault;
    short.metrics = {};
  }
  if (isRecord(value.config) && Array.isArray(value.config.virtualHosts)) {
    const { virtualHosts } = value.config;
    const fault = faultInList("config.virtualHosts", virtualHosts, VirtualHost);
    if (fault !== undefined) return fault;
    short.config = { ...value.config, virtualHosts: virtualHosts.slice(0, 1) };
  }
  return faultBy(value.type === "snapshot" ? Snapshot : Event, short, []);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function faultInList(name: string, list: readonly unknown[], element: z.ZodType): string | undefined {
  if (list.length > MAX_LIST_LENGTH) return `${name} has ${list.length} entries, more than ${MAX_LIST_LENGTH}`;
  for (const [at, value] of list.entries()) {
    const fault = faultBy(element, value, [name, at]);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function faultInRecord(metrics: Record<string, unknown>): string | undefined {
  const counted = Object.keys(metrics);
  if (counted.length > MAX_LIST_LENGTH) return `metrics has ${counted.length} entries, more than ${MAX_LIST_LENGTH}`;
  for (const id of counted) {
    const fault = faultBy(SiteMetrics, metrics[id], ["metrics", id]);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function faultBy(schema: z.ZodType, value: unknown, path: readonly PropertyKey[]): string | undefined {
  try {
    const { error } = schema.safeParse(value);
    const issue = error?.issues[0];
    return issue === undefined
      ? undefined
      : plainText(`${[...path, ...issue.path].map(String).join(".")}: ${issue.message}`, MAX_QUOTE_LENGTH);
  } catch (error) {
    // More faults than zod can hand on.
    if (error instanceof RangeError) return `${path.map(String).join(".")}: nearly everything is wrong`;
    throw error;
  }
}
