/** One HTTP request to a service, and as much of its answer as is looked at. */

const ANSWER_TIMEOUT_MS = 10_000;

export interface OutgoingCall {
  method: "GET" | "POST" | "PATCH";
  url: string;
  headers?: Readonly<Record<string, string>>;
  /** JSON. */
  body?: string;
}

export interface ServiceAnswer {
  status: number;
  /** `Retry-After` (RFC 9110, 10.2.3). */
  retryAfter: string | null;
  /** Its beginning. */
  body: string;
}

/**
 * Redirects are not followed: what is sent, and its secrets, are for one receiver.
 * @returns why there is no answer, without the address, which may be a secret
 */
export async function callOut(
  { method, url, headers = {}, body }: OutgoingCall,
  maxAnswerBytes: number,
  closing: AbortSignal,
): Promise<ServiceAnswer | { why: string }> {
  try {
    const response = await fetch(url, {
      method,
      redirect: "manual",
      headers: {
        "user-agent": "Backsoon",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.any([closing, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
    });
    const retryAfter = response.headers.get("retry-after");
    return { status: response.status, retryAfter, body: await beginningOf(response, maxAnswerBytes) };
  } catch (failure) {
    return { why: reasonOf(failure) };
  }
}

async function beginningOf({ body }: Response, maxBytes: number): Promise<string> {
  if (body === null) return "";
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop cancels the rest.
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= maxBytes) break;
  }
  return Buffer.concat(chunks).toString("utf8", 0, maxBytes);
}

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
