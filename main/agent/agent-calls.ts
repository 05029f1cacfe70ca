/** Calls of the admin API over one transport: the reply checked, or why there is none. */
import { API_VERSION } from "../../server-agent/contract/agent.ts";
import type { Reply, RouteName } from "../../server-agent/contract/routes.ts";
import { type CallArguments, encodeCall } from "../../server-agent/core/client/admin-call.ts";
import type { Result } from "../contract/failures.ts";
import { FailureError, done, failed } from "../failures.ts";
import type { SessionEvent } from "../state/app-state.ts";
import { MAX_ERROR_BYTES, readReply, refusal } from "./agent-reply.ts";
import { ambiguityIn } from "./ambiguity.ts";
import { parseBoundedJson } from "./bounded-json.ts";
import type { Transport } from "./socket-transport.ts";
import { t } from "../language/translate.ts";

const CALL_TIMEOUT_MS = 60_000;
/** An authority takes its time for each step of an order, and orders wait for one another. */
const ORDER_TIMEOUT_MS = 600_000;

/** What a question for the agent itself tells beside its answer. */
export type Answer = Pick<Extract<SessionEvent, { type: "answered" }>, "roundTripMs" | "clockAheadMs">;

/** Expected failures, also of the connection, are values. */
export async function callAgent<N extends RouteName>(
  transport: Transport,
  name: N,
  given: CallArguments<N>,
): Promise<Result<Reply<N>>> {
  try {
    const { status, text } = await transport.call(encodeCall(name, given), timeoutOf(name));
    const reply = readReply(name, status, text);
    if (!reply.ok) return { ok: false, failure: refusal(reply.error) };
    const ambiguity = ambiguityIn(reply.value);
    return ambiguity === undefined
      ? done(reply.value)
      : failed("server.not-an-agent", `The reply to ${name} is not a valid agent reply: ${ambiguity}.`);
  } catch (error) {
    if (error instanceof FailureError) return { ok: false, failure: error.failure };
    throw error;
  }
}

function timeoutOf(name: RouteName): number {
  return name === "renewCertificate" ? ORDER_TIMEOUT_MS : CALL_TIMEOUT_MS;
}

/**
 * Asks who is there. The version is looked at before the shape: an agent of another API may well
 * answer in another shape.
 *
 * @throws FailureError
 */
export async function askAgent(transport: Transport, answerMs: number): Promise<Answer> {
  const { status, text, durationMs } = await transport.call(encodeCall("getAgent", {}), answerMs, MAX_ERROR_BYTES);
  const version = apiVersionOf(text);
  if (version !== undefined && version !== API_VERSION)
    throw new FailureError({
      code: "server.api-version",
      message:
        version < API_VERSION
          ? t("The agent speaks version {version} of the admin API, this app version {own}. Update the agent.", {
              version,
              own: API_VERSION,
            })
          : t("The agent speaks version {version} of the admin API, this app version {own}. Update this app.", {
              version,
              own: API_VERSION,
            }),
    });
  const reply = readReply("getAgent", status, text);
  if (!reply.ok)
    throw new FailureError({
      ...refusal(reply.error),
      ...(reply.error.requestId === "" ? { code: "server.not-an-agent" } : {}),
    });
  // What it says was true about half-way.
  return {
    roundTripMs: durationMs,
    clockAheadMs: Math.round(Date.parse(reply.value.clock) - (Date.now() - durationMs / 2)),
  };
}

function apiVersionOf(text: string): number | undefined {
  const info = parseBoundedJson(text);
  return info.ok &&
    typeof info.value === "object" &&
    info.value !== null &&
    "apiVersion" in info.value &&
    Number.isSafeInteger(info.value.apiVersion)
    ? (info.value.apiVersion as number)
    : undefined;
}
