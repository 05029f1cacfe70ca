/** What a service's answer to a post means: why it has nothing, and when to ask again. Pure. */
import type { WebhookFormat } from "../../contract/reminders.ts";
import { visibleText } from "../../core/visible-text.ts";
import type { ServiceAnswer } from "./call-out.ts";

/** Why a message did not arrive. */
export interface Undelivered {
  why: string;
  /** The receiver takes nothing for so long (ms). */
  restMs?: number;
  /** It is not tried again. */
  isFinal?: true;
}

/** What is read of an answer. */
export const MAX_ANSWER_BYTES = 4096;
const MAX_SAID_LENGTH = 160;
/** A receiver that wants longer is asked again before. */
const MAX_REST_MS = 60 * 60_000;
/** Where it takes no more messages and does not say for how long. */
const DEFAULT_REST_MS = 30_000;
/** Parts of an address that are shorter are words like `hooks`; no service has such keys. */
const MIN_SECRET_LENGTH = 6;

/** @param url where it was posted to: what the answer repeats of it is not said on */
export function undelivered(
  format: WebhookFormat,
  url: string,
  { status, retryAfter, body }: ServiceAnswer,
  now: number,
): Undelivered | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (status === 429) return resting(restOf(retryAfter, now) ?? restInBody(body));
  const said = saidBy(format, body);
  const words = said === undefined ? "" : ` (${withoutSecrets(said, secretsOf(url))})`;
  const remedy = REMEDIES[format]?.(status);
  return { why: `it answered ${status}${words}${remedy === undefined ? "" : `: ${remedy}`}` };
}

/** @param askedMs how long it wants to be left alone; `undefined` where it does not say */
export function resting(askedMs: number | undefined): Undelivered {
  const restMs = Math.min(askedMs ?? DEFAULT_REST_MS, MAX_REST_MS);
  return { why: `it takes no more messages for ${Math.ceil(restMs / 1000)} s (429)`, restMs };
}

/** Milliseconds until what a `Retry-After` says. */
export function restOf(retryAfter: string | null, now: number): number | undefined {
  if (retryAfter === null) return undefined;
  // Discord says fractions, too.
  if (/^\s*\d+(\.\d+)?\s*$/.test(retryAfter)) return Number(retryAfter) * 1000;
  const at = Date.parse(retryAfter);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/** https://core.telegram.org/bots/api#responseparameters, in seconds. */
function restInBody(body: string): number | undefined {
  const { parameters } = objectIn(body);
  const seconds = isObject(parameters) ? parameters.retry_after : undefined;
  return typeof seconds === "number" && seconds >= 0 ? seconds * 1000 : undefined;
}

/** Its own words, of services whose answers have some: what others send may be anything. */
function saidBy(format: WebhookFormat, body: string): string | undefined {
  if (format === "json" || format === "text") return undefined;
  if (format === "slack") return /^[a-z_]{1,60}$/.exec(body.trim())?.[0];
  const { message, description, error } = objectIn(body);
  // Teams: `{"error": {"code": "…", "message": "…"}}`.
  const nested = isObject(error) ? error.message : error;
  return [description, message, nested].find((words) => typeof words === "string" && words !== "") as
    string | undefined;
}

function secretsOf(url: string): string[] {
  const { pathname, searchParams } = new URL(url);
  return [...pathname.split("/"), ...searchParams.values()];
}

/** What a service said, in one short line that can be read. @param secrets what it may repeat */
export function withoutSecrets(said: string, secrets: readonly string[]): string {
  const parts = secrets.filter((part) => part.length >= MIN_SECRET_LENGTH);
  const hidden = parts.reduce((text, part) => text.replaceAll(part, "…").replaceAll(decoded(part), "…"), said);
  return visibleText(hidden.replaceAll(/\s+/g, " ").trim()).slice(0, MAX_SAID_LENGTH);
}

const REMOVED = "the webhook may have been removed there; create a new one and change the address";

/** What to do about what the services document. */
const REMEDIES: Partial<Record<WebhookFormat, (status: number) => string | undefined>> = {
  slack: (status) => (status === 403 || status === 404 || status === 410 ? REMOVED : undefined),
  mattermost: (status) => (status === 400 || status === 404 ? REMOVED : undefined),
  discord: (status) => (status === 401 || status === 404 ? REMOVED : undefined),
  teams: (status) =>
    status === 401 || status === 403 || status === 404 || status === 410
      ? "the workflow may have been removed, turned off or limited to your organization"
      : undefined,
  ntfy: (status) =>
    status === 401 || status === 403 ? "the topic is protected; add ?auth= and the token to the address" : undefined,
  telegram: (status) =>
    status === 401 || status === 404
      ? "check the token of the bot in the address"
      : status === 400 || status === 403
        ? "add the bot to the chat, and check chat_id in the address"
        : undefined,
};

export function objectIn(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
