import { createHmac } from "node:crypto";
import type { StoredChannel } from "../../store/stored-channel.ts";
import type { Message } from "./channel-message.ts";
import { MAX_ANSWER_BYTES, undelivered, type Undelivered } from "./webhook-answer.ts";
import { webhookPost } from "./webhook-body.ts";

type Webhook = Extract<StoredChannel, { kind: "webhook" }>;

const ANSWER_TIMEOUT_MS = 10_000;

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
  try {
    // One that was stored by an older agent may be of no use to its format.
    const post = webhookPost(format, url, message);
    const body = JSON.stringify(post.body);
    const seconds = String(Math.floor(now.getTime() / 1000));
    const signature = secret === undefined ? {} : { "webhook-signature": sign(secret, `${id}.${seconds}.${body}`) };
    const response = await fetch(post.url, {
      method: "POST",
      body,
      redirect: "manual",
      headers: {
        "content-type": "application/json",
        "user-agent": "Backsoon",
        "webhook-id": id,
        "webhook-timestamp": seconds,
        ...signature,
      },
      signal: AbortSignal.any([closing, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
    });
    const { status, headers } = response;
    const answer = { status, retryAfter: headers.get("retry-after"), body: await beginningOf(response) };
    return undelivered(format, post.url, answer, now.getTime());
  } catch (failure) {
    return { why: reasonOf(failure) };
  }
}

/** As much of the body as is looked at. */
async function beginningOf({ body }: Response): Promise<string> {
  if (body === null) return "";
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop cancels the rest.
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= MAX_ANSWER_BYTES) break;
  }
  return Buffer.concat(chunks).toString("utf8", 0, MAX_ANSWER_BYTES);
}

/** `whsec_` and base64, as the specification writes keys; any other text is its own key. */
function sign(secret: string, signed: string): string {
  const key = secret.startsWith("whsec_") ? Buffer.from(secret.slice("whsec_".length), "base64") : Buffer.from(secret);
  return `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
}

/** Without the address, which may be a secret. */
function reasonOf(failure: unknown): string {
  if (failure instanceof Error && failure.name === "TimeoutError")
    return `no answer within ${ANSWER_TIMEOUT_MS / 1000} s`;
  if (failure instanceof Error && failure.name === "AbortError") return "the agent ended before it was answered";
  const cause = failure instanceof Error ? failure.cause : undefined;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  return code === undefined
    ? cause === undefined
      ? "the address cannot be used"
      : "the connection failed"
    : `the connection failed: ${code}`;
}
