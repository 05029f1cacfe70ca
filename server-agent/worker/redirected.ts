/**
 * A request that its site answers as if it had come with another address, which the visitor does
 * not see: an application has named it (RFC 3875, 6.2.2), or it is that of a folder's index file.
 * The rules are asked as by a visitor; what he has shown already he does not show again.
 */
import { without } from "../core/rules/field-edit.ts";
import { changedFacts, type RequestFacts } from "../core/routing/request-facts.ts";
import { factsAt, type Match } from "../core/routing/rule-matches.ts";
import { type Answerable, answerTarget } from "./answer-target.ts";
import { removeFilters } from "./coding/body-filter.ts";
import type { Agreement, Taken } from "./http/carrier.ts";
import { IncomingRequest } from "./http/incoming-request.ts";
import type { Visitor } from "./rules/admission.ts";
import type { Site, Target } from "./site.ts";

/** One after another; more are a mistake. */
const MAX_REDIRECTS = 10;
/** What may not stand in the target of a request (RFC 9112, 3.2), one character per byte. */
const NO_ADDRESS = /[^!-~]/g;
const NOWHERE = { pauseReading: () => undefined, resumeReading: () => undefined };

/** What answers next, and what it answers. */
interface Next {
  readonly request: IncomingRequest;
  readonly facts: RequestFacts;
}

/** A request as it came, or redirected already. */
interface Redirectable extends Answerable {
  readonly site: Site;
  /** Rules above the one that answers that apply, too. */
  readonly passed: Match["passed"];
}

class Redirected implements Redirectable {
  readonly request: IncomingRequest;
  readonly facts: RequestFacts;
  readonly passed: Match["passed"];
  readonly redirects: number;
  requestEdit: Answerable["requestEdit"] = undefined;
  readonly #before: Redirectable;

  constructor(before: Redirectable, { request, facts }: Next, passed: Match["passed"]) {
    this.#before = before;
    this.passed = passed;
    this.request = request;
    this.facts = facts;
    this.redirects = before instanceof Redirected ? before.redirects + 1 : 1;
  }

  get site(): Site {
    return this.#before.site;
  }

  get response(): Answerable["response"] {
    return this.#before.response;
  }

  get entry(): Answerable["entry"] {
    return this.#before.entry;
  }

  get asked(): RequestFacts {
    return this.#before.asked;
  }

  get now(): number {
    return this.#before.now;
  }

  get isProof(): boolean {
    return this.#before.isProof;
  }

  /** Who the visitor is does not change with what he is answered. */
  get visitor(): Visitor {
    return this.#before.visitor;
  }

  get user(): string | undefined {
    return this.visitor.user;
  }

  get authType(): Answerable["authType"] {
    return this.visitor.authType;
  }

  fail(status: number, headers?: Readonly<Record<string, string>>): void {
    this.#before.fail(status, headers);
  }

  crash(failure: unknown): void {
    this.#before.crash(failure);
  }

  answerAs(location: string): void {
    answerAs(this, location);
  }

  answerAsIndex(name: string): boolean {
    return answerAsIndex(this, name);
  }

  takeConnection(agreement: Agreement): Taken {
    return this.#before.takeConnection(agreement);
  }
}

/** @param location A path, with a query if it has one; it is asked for by GET, without a body. */
export function answerAs(before: Redirectable, location: string): void {
  const { request, facts } = before;
  const method = request.method === "HEAD" ? "HEAD" : "GET";
  const address = location.replace(NO_ADDRESS, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, "0")}`);
  const named = factsAt(address, changedFacts(facts, { method }));
  if (named === undefined) {
    before.fail(500);
    return;
  }
  const match = before.site.compiled.matches.find(named);
  const next = match.rewritten ?? named;
  request.discard();
  go(before, match, { request: bodiless(request, method, next), facts: next });
}

/** @param name Of the index file. */
export function answerAsIndex(before: Redirectable, name: string): boolean {
  const { request } = before;
  const found = before.site.compiled.matches.findIndex(before.facts, before.passed, name);
  if (found === undefined) return false;
  const { match, facts } = found;
  if (request.isDiscarded) go(before, match, { request: bodiless(request, request.method, facts), facts });
  else {
    request.url = targetOf(facts);
    go(before, match, { request, facts });
  }
  return true;
}

function go(before: Redirectable, match: Match, next: Next): void {
  const { site } = before;
  const exchange = new Redirected(before, next, match.passed);
  if (exchange.redirects > MAX_REDIRECTS) {
    exchange.fail(500);
    return;
  }
  const rule = match.rule === undefined ? undefined : site.rules[match.rule.index];
  const target: Target = {
    site,
    // The web server beside the agent gets what visitors have sent, and nothing else.
    rule: rule?.handsBack === true ? undefined : rule,
    otherwise: match.otherwise,
    rewritten: match.rewritten,
    passed: match.passed,
    settings: match.settings,
  };
  removeFilters(exchange.response);
  exchange.response.edit = undefined;
  answerTarget(exchange, target, undefined);
}

/** The same visitor asks for something else, and sends nothing along. */
function bodiless(
  { rawHeaders, httpVersion, peer }: IncomingRequest,
  method: string,
  facts: RequestFacts,
): IncomingRequest {
  const head = { method, target: targetOf(facts), version: httpVersion, contentLength: undefined, chunked: false };
  const fields = without(rawHeaders, (name) => name.startsWith("content-") || name === "transfer-encoding");
  return new IncomingRequest({ ...head, rawHeaders: fields }, peer, NOWHERE);
}

function targetOf({ rawPath, query }: RequestFacts): string {
  return query === "" ? rawPath : `${rawPath}?${query}`;
}
