/** Status pages that are changed by HTTP calls: Statuspage and Instatus. */
import { callOut, type OutgoingCall, type ServiceAnswer } from "./call-out.ts";
import type { RemotePage } from "./remote-page.ts";
import { checkCall, closeCall, idIn, missingComponent, openCall, type StatusPage } from "./status-page-calls.ts";
import { objectIn, resting, restOf, type Undelivered } from "./webhook-answer.ts";

/** An incident is answered with all its history, components with all there are. */
const MAX_ANSWER_BYTES = 1_048_576;

export function restPage(channel: StatusPage, closing: AbortSignal): RemotePage {
  return {
    async open(receipt, name) {
      const answer = await change(openCall(channel, receipt, name), closing);
      if ("why" in answer) return answer;
      const id = idIn(answer.body);
      return id === undefined ? { why: "the service did not say the id of the maintenance it opened" } : { id };
    },
    async close(id) {
      const answer = await change(closeCall(channel, id, new Date().toISOString()), closing);
      return "why" in answer && answer.status !== 404 ? answer : undefined;
    },
    async check() {
      const answer = await change(checkCall(channel), closing);
      if ("why" in answer) return answer;
      const missing = missingComponent(channel, answer.body);
      return missing === undefined
        ? undefined
        : { why: `the page has no component ${missing}; correct \`components\`` };
    },
  };
}

async function change(
  call: OutgoingCall,
  closing: AbortSignal,
): Promise<ServiceAnswer | (Undelivered & { status?: number })> {
  const answer = await callOut(call, MAX_ANSWER_BYTES, closing);
  if ("why" in answer) return answer;
  const { status, retryAfter, body } = answer;
  if (status >= 200 && status < 300) return answer;
  // Statuspage says 420, too.
  if (status === 429 || status === 420) return resting(restOf(retryAfter, Date.now()));
  return { why: `it answered ${status}${saidIn(body)}${REMEDIES[status] ?? ""}`, status };
}

const REMEDIES: Readonly<Record<number, string>> = {
  401: ": check the API key",
  403: ": check the API key",
  404: ": check the id of the page",
};

/** `{"error": "…"}` of Statuspage, `{"error": {"message": "…"}}` of Instatus. */
function saidIn(body: string): string {
  const { error } = objectIn(body);
  const said = typeof error === "object" && error !== null && "message" in error ? error.message : error;
  return typeof said === "string" && said !== "" ? ` (${said.slice(0, 160)})` : "";
}
