/** Status pages that are changed by HTTP calls: Statuspage and Instatus. */
import { callOut, type OutgoingCall, type ServiceAnswer } from "./call-out.ts";
import type { RemotePage } from "./remote-page.ts";
import {
  checkCall,
  closeCall,
  idIn,
  missingComponent,
  openCall,
  refusalIn,
  type StatusPage,
} from "./status-page-calls.ts";
import { resting, restOf, type Undelivered } from "./webhook-answer.ts";

/** An incident is answered with all its history, components with all there are. */
const MAX_ANSWER_BYTES = 1_048_576;

export function restPage(channel: StatusPage, closing: AbortSignal): RemotePage {
  return {
    async open(receipt, name) {
      const answer = await change(channel, openCall(channel, receipt, name), closing);
      if ("why" in answer) return answer;
      const id = idIn(answer.body);
      return id === undefined ? { why: "the service did not say the id of the maintenance it opened" } : { id };
    },
    async close(id) {
      const answer = await change(channel, closeCall(channel, id, new Date().toISOString()), closing);
      return "why" in answer && answer.status !== 404 ? answer : undefined;
    },
    async check() {
      const answer = await change(channel, checkCall(channel), closing);
      if ("why" in answer) return answer;
      const missing = missingComponent(channel, answer.body);
      return missing === undefined
        ? undefined
        : { why: `the page has no component ${missing}; correct \`components\`` };
    },
  };
}

async function change(
  channel: StatusPage,
  call: OutgoingCall,
  closing: AbortSignal,
): Promise<ServiceAnswer | (Undelivered & { status?: number })> {
  const answer = await callOut(call, MAX_ANSWER_BYTES, closing);
  if ("why" in answer) return answer;
  const { status, retryAfter, body } = answer;
  if (status >= 200 && status < 300) return answer;
  // Statuspage says 420, too.
  if (status === 429 || status === 420) return resting(restOf(retryAfter, Date.now()));
  const said = refusalIn(channel, body);
  return { why: `it answered ${status}${said === undefined ? "" : ` (${said})`}${REMEDIES[status] ?? ""}`, status };
}

const REMEDIES: Readonly<Record<number, string>> = {
  401: ": check the API key",
  403: ": check the API key",
  404: ": check the id of the page",
};
