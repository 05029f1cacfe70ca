/** From an agent's raw reply to a checked value or a failure that can be shown. */
import type { AdminError } from "../../server-agent/contract/errors.ts";
import type { RouteName } from "../../server-agent/contract/routes.ts";
import { type DecodedReply, decodeReply } from "../../server-agent/core/client/admin-call.ts";
import type { Failure } from "../contract/failures.ts";
import { plainText } from "../text/plain-text.ts";
import { tidy } from "./agent-words.ts";
import { unreasonable } from "./bounded-json.ts";

/**
 * The reply to a call, from a stranger: what is too large or nested too deep for an agent's is an
 * error as any other that cannot be read.
 */
export function readReply<N extends RouteName>(name: N, status: number, text: string): DecodedReply<N> {
  const why = unreasonable(text);
  if (why !== undefined) {
    const message = `The reply to ${name} (status ${status}) is not a valid agent reply: ${why}.`;
    return { ok: false, error: { code: "internal", message, details: {}, requestId: "" } };
  }
  const reply = decodeReply(name, status, text);
  return reply.ok ? { ok: true, value: tidy(reply.value) } : reply;
}

/** Of what an agent says about itself, in bytes. */
export const MAX_ERROR_BYTES = 1024 * 1024;
const MAX_MESSAGE_LENGTH = 1500;
const MAX_PROBLEMS = 100;

/** The agent's error as the page knows it. A reply that could not be read has no request id. */
export function refusal({ code, message, details: { problems }, requestId }: AdminError): Failure {
  return {
    code,
    message: plainText(message, MAX_MESSAGE_LENGTH),
    ...(problems === undefined ? {} : { problems: problems.slice(0, MAX_PROBLEMS).map((problem) => tidy(problem)) }),
    ...(requestId === "" ? {} : { requestId: plainText(requestId, 100) }),
  };
}
