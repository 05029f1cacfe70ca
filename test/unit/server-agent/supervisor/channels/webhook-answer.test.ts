/** What services answer, in words that help, and without what is secret in the address. */
import { expect, it } from "vitest";
import type { WebhookFormat } from "../../../../../server-agent/contract/reminders.ts";
import { restOf, undelivered } from "../../../../../server-agent/supervisor/channels/webhook-answer.ts";

const NOW = Date.parse("2030-01-01T00:00:00Z");
const ADDRESS = "https://chat.example.com/hooks/Secret%2Fpart?auth=tk_secret&x=1";

it.each<[WebhookFormat, number, string, string | undefined]>([
  ["slack", 200, "ok", undefined],
  ["teams", 202, "", undefined],
  ["discord", 200, "{}", undefined],
  ["json", 500, "Cannot POST /hooks/Secret%2Fpart", "it answered 500"],
  [
    "slack",
    404,
    "no_service",
    "it answered 404 (no_service): the webhook may have been removed there; create a new one and change the address",
  ],
  ["slack", 400, "invalid_payload", "it answered 400 (invalid_payload)"],
  ["slack", 502, "<html>Bad gateway</html>", "it answered 502"],
  [
    "discord",
    404,
    '{"message": "Unknown Webhook", "code": 10015}',
    "it answered 404 (Unknown Webhook): the webhook may have been removed there; create a new one and change the address",
  ],
  [
    "telegram",
    400,
    '{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}',
    "it answered 400 (Bad Request: chat not found): add the bot to the chat, and check chat_id in the address",
  ],
  [
    "ntfy",
    403,
    '{"code":40301,"http":403,"error":"forbidden"}',
    "it answered 403 (forbidden): the topic is protected; add ?auth= and the token to the address",
  ],
  [
    "teams",
    404,
    '{"error":{"code":"WorkflowNotFound","message":"no /hooks/Secret%2Fpart or Secret/part for tk_secret\\u0007"}}',
    "it answered 404 (no /hooks/… or … for …\ufffd): the workflow may have been removed, turned off or limited to your organization",
  ],
])("%s with %i %s", (format, status, body, why) => {
  expect(undelivered(format, ADDRESS, { status, retryAfter: null, body }, NOW)?.why).toBe(why);
});

it.each<[string, string | null, string, number]>([
  ["seconds", "30", "", 30_000],
  ["fractions of seconds", "0.65", "", 650],
  ["a date", "Tue, 01 Jan 2030 00:00:05 GMT", "", 5000],
  ["its body", null, '{"ok":false,"parameters":{"retry_after":7}}', 7000],
  ["nothing", null, "", 30_000],
  ["a day", "86400", "", 3_600_000],
])("one that takes no more is left alone as it says by %s", (_by, retryAfter, body, restMs) => {
  expect(undelivered("slack", ADDRESS, { status: 429, retryAfter, body }, NOW)).toEqual({
    why: `it takes no more messages for ${String(Math.ceil(restMs / 1000))} s (429)`,
    restMs,
  });
});

it("a date of before asks for no rest", () => {
  expect(restOf("Mon, 31 Dec 2029 00:00:00 GMT", NOW)).toBe(0);
});
