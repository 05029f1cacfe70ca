/** Lets a request in by the rules of its site, and gives it to the handler. */
import type { IncomingRequest } from "./http/incoming-request.ts";
import { PASS_COOKIE } from "../core/pass-names.ts";
import type { Question } from "./page-source.ts";
import { withoutPass } from "./passes/passes.ts";
import { admit, admitBody, type Arrival } from "./rules/admission.ts";
import { refuseBody } from "./rules/refuse-body.ts";
import type { Target } from "./site.ts";

export interface Answerable extends Arrival {
  /** A handler has thrown what it should not: that is logged, and answered with 500. */
  crash(failure: unknown): void;
}

const RETRY_SOON = { "Retry-After": "1" };

/** @param question Of a web server beside the agent. */
export function answerTarget(exchange: Answerable, target: Target, question: Question | undefined): void {
  const { settings, site } = target;
  const isIn = settings === undefined || admit(exchange, settings, site);
  if (isIn === true) answer(exchange, target, question);
  else if (isIn !== false)
    isIn
      .then((isInNow) => {
        if (isInNow) answer(exchange, target, question);
      })
      .catch((failure: unknown) => {
        exchange.crash(failure);
      });
}

function answer(exchange: Answerable, { rule, otherwise, settings }: Target, question: Question | undefined): void {
  const { request, response } = exchange;
  if (rule?.takesBody === true) {
    if (settings !== undefined && !admitBody(exchange, settings)) return;
    hidePass(request);
    if (request.hasBody && request.field("expect")?.toLowerCase() === "100-continue")
      response.writeInformation(100, []);
  } else {
    refuseBody(request, response);
  }
  if (rule === undefined) {
    exchange.fail(otherwise);
    return;
  }
  if (rule.handsBack && (question === undefined || question.stage === "page")) {
    // A site that was opened between the two questions; or nobody is beside who could answer.
    exchange.fail(question === undefined ? 421 : 503, RETRY_SOON);
    return;
  }
  try {
    const answered = rule.handler.answer(exchange);
    if (answered !== undefined) {
      answered.catch((failure: unknown) => {
        exchange.crash(failure);
      });
    }
  } catch (failure) {
    exchange.crash(failure);
  }
}

/** A pass is for the agent alone: its application would log it, or could use it. */
function hidePass(request: IncomingRequest): void {
  const cookies = request.field("cookie");
  if (cookies?.includes(PASS_COOKIE) !== true) return;
  const others = withoutPass(cookies);
  request.removeField("cookie");
  if (others !== undefined) request.replaceField("cookie", others);
}
