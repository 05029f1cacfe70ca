import { createHmac } from "node:crypto";
import type { StoredChannel } from "../../store/stored-channel.ts";
import { callOut } from "./call-out.ts";
import type { Message } from "./channel-message.ts";
import { MAX_ANSWER_BYTES, undelivered, type Undelivered } from "./webhook-answer.ts";
import { webhookPost, webhookUrlProblem } from "./webhook-body.ts";

type Webhook = Extract<StoredChannel, { kind: "webhook" }>;

/**
 * Posts a message, signed by the Standard Webhooks specification (`webhook-id`,
 * `webhook-timestamp`, `webhook-signature`). Redirects are not followed: what is signed is for one
 * receiver.
 * @returns why it did not arrive; `undefined` when it did
 */
export async function sendWebhook(
  { url, format, secret }: Webhook,
  message: Message,
  now: Date,
  closing: AbortSignal,
): Promise<Undelivered | undefined> {
  const { id } = message;
  // One that was stored by an older agent may be of no use to its format.
  if (webhookUrlProblem(format, url) !== undefined) return { why: "the address cannot be used" };
  const post = webhookPost(format, url, message);
  const body = JSON.stringify(post.body);
  const seconds = String(Math.floor(now.getTime() / 1000));
  const signature = secret === undefined ? {} : { "webhook-signature": sign(secret, `${id}.${seconds}.${body}`) };
  const headers = { "webhook-id": id, "webhook-timestamp": seconds, ...signature };
  const answer = await callOut({ method: "POST", url: post.url, headers, body }, MAX_ANSWER_BYTES, closing);
  return "why" in answer ? answer : undelivered(format, post.url, answer, now.getTime());
}

/** `whsec_` and base64, as the specification writes keys; any other text is its own key. */
function sign(secret: string, signed: string): string {
  const key = secret.startsWith("whsec_") ? Buffer.from(secret.slice("whsec_".length), "base64") : Buffer.from(secret);
  return `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
}
