/** From the head of a request to its handler, and from its end to the figures and the log. */
import { timingSafeEqual } from "node:crypto";
import type { Carrier } from "./http/carrier.ts";
import type { IncomingRequest } from "./http/incoming-request.ts";
import type { OutgoingResponse } from "./http/outgoing-response.ts";
import { ANSWERED_BY_HEADER, PROOF_HEADER, SITE_HEADER, WITHIN_HEADER } from "../core/proof/headers.ts";
import { nameWithin } from "../core/web-servers/name-within.ts";
import { changedFacts, type RequestFacts } from "../core/routing/request-facts.ts";
import { messageOf, type Log } from "../log.ts";
import { answerTarget } from "./answer-target.ts";
import type { Counters } from "./counters.ts";
import { answerBuiltIn } from "./handlers/error-page.ts";
import { count, countVisit, VISIT } from "./figures/visit-figures.ts";
import type { WorkerFigures } from "./figures/worker-figures.ts";
import { type RefusedCarrier, refusedRequest } from "./figures/refused-request.ts";
import type { Refusal } from "./http/refusal.ts";
import { spanOf } from "./tracing/request-span.ts";
import type { Tracer } from "./tracing/tracer.ts";
import { readFacts } from "./facts.ts";
import type { GeoFiles } from "./clients/geo-files.ts";
import type { FileExistence } from "./files/file-existence.ts";
import type { Generations } from "./generations.ts";
import type { Service, Target } from "./site.ts";
import type { RequestSink } from "./http-server.ts";
import { answerAsk, keepFromLettingIn, pageSourceToken, type Question, readQuestion } from "./page-source.ts";
import { type AcmeChallenges, answerChallenge } from "./handlers/acme-challenges.ts";
import { keepToHttps } from "./handlers/keep-to-https.ts";
import { PASS_PATH } from "../core/pass-names.ts";
import { answerPassLink } from "./passes/pass-link.ts";
import type { Passes } from "./passes/passes.ts";
import { refuseBody } from "./rules/refuse-body.ts";
import { ExchangeInFlight, type InFlight, type InFlightList } from "./in-flight.ts";

export interface PipelineOptions {
  readonly generations: Generations;
  readonly inFlight: InFlightList;
  readonly counters: Counters;
  readonly files: FileExistence;
  readonly passes: Passes;
  readonly challenges: AcmeChallenges;
  readonly geo: GeoFiles;
  readonly proofToken: string;
  readonly figures: WorkerFigures;
  readonly tracer: Tracer;
  readonly log: Log;
}

/** A request of the agent itself. */
interface AgentsOwn {
  within: string | undefined;
}

export class Pipeline implements RequestSink {
  readonly #generations: Generations;
  readonly #inFlight: InFlightList;
  readonly #counters: Counters;
  readonly #files: FileExistence;
  readonly #passes: Passes;
  readonly #challenges: AcmeChallenges;
  readonly #geo: GeoFiles;
  readonly #proofToken: Buffer;
  readonly #pageSourceToken: Buffer;
  readonly #figures: WorkerFigures;
  readonly #tracer: Tracer;
  readonly #log: Log;

  constructor(options: PipelineOptions) {
    this.#generations = options.generations;
    this.#inFlight = options.inFlight;
    this.#counters = options.counters;
    this.#files = options.files;
    this.#passes = options.passes;
    this.#challenges = options.challenges;
    this.#geo = options.geo;
    this.#proofToken = Buffer.from(options.proofToken);
    this.#pageSourceToken = Buffer.from(pageSourceToken(options.proofToken));
    this.#figures = options.figures;
    this.#tracer = options.tracer;
    this.#log = options.log;
  }

  request(carrier: Carrier<InFlight>, request: IncomingRequest, response: OutgoingResponse): void {
    // The generation is taken here, and the request keeps it to its end.
    const service = this.#generations.active;
    const { isPageSource } = carrier.place;
    const question = isPageSource ? readQuestion(request) : undefined;
    const facts =
      service === undefined || (isPageSource && question === undefined)
        ? undefined
        : readFacts(request, carrier, {
            table: service.table,
            question,
            files: this.#files,
            passes: this.#passes,
            geo: this.#geo,
          });
    const proof = facts === undefined ? undefined : this.#takeProof(request, facts, isPageSource);
    const target =
      service === undefined || facts === undefined ? undefined : this.#find(service, facts, { proof, question });
    if (service === undefined || facts === undefined || target === undefined) {
      request.discard();
      if (facts === undefined) {
        response.shouldKeepAlive = false;
        if (service !== undefined) this.#refuse(carrier, { reason: "malformed", status: 400 }, request);
      }
      answerBuiltIn(request, response, service === undefined ? 503 : facts === undefined ? 400 : 404);
      return;
    }
    const { site, rule, rewritten } = target;
    const isPassLink = facts.path === PASS_PATH && proof === undefined;
    // Nobody but the agent knows the path of passes.
    const isLetIn = rule?.handsBack === true && !isPassLink;
    if (question?.stage === "ask" && !isLetIn) {
      request.discard();
      answerAsk(response, false);
      return;
    }
    if (question?.stage === "both" && !isLetIn) keepFromLettingIn(response);
    const figures = this.#generations.enter(site, service.generation);
    const exchange = new ExchangeInFlight(carrier, figures, site, request, rewritten ?? facts, response, this.#crashed);
    if (rewritten !== undefined) {
      exchange.asked = facts;
      request.url = rewritten.query === "" ? rewritten.rawPath : `${rewritten.rawPath}?${rewritten.query}`;
    }
    exchange.rule = rule?.index;
    exchange.passed = target.passed;
    exchange.isProof = proof !== undefined;
    if (exchange.isProof)
      response.setHeader(ANSWERED_BY_HEADER, `${site.id};generation=${String(service.generation.number)}`);
    // On its way to a web server that marks the page by itself, it would stand there twice.
    if (site.id !== site.site && question?.stage !== "page") response.setHeader(SITE_HEADER, site.site);
    const { tracing } = service.table.config;
    if (tracing !== undefined) exchange.trace = this.#tracer.begin(request, tracing);
    this.#begin(exchange);
    const challenge = question === undefined ? this.#challenges.find(service.table, facts) : undefined;
    if (challenge !== undefined) {
      refuseBody(request, response);
      answerChallenge(response, challenge);
      return;
    }
    if (isPassLink) {
      refuseBody(request, response);
      const isClosed = site.compiled.config.copycatOf !== undefined;
      const link = { request, response, facts, site: site.site, isClosed, now: exchange.now };
      answerPassLink(link, this.#passes);
      return;
    }
    if (
      site.https !== undefined &&
      question === undefined &&
      keepToHttps(site.https, exchange, rule?.closes === true)
    ) {
      request.discard();
      return;
    }
    answerTarget(exchange, target, question);
  }

  refused(from: RefusedCarrier, refusal: Refusal): void {
    this.#refuse(from, refusal, undefined);
  }

  accepted(): void {
    this.#figures.edge.accepted += 1;
    this.#figures.changed();
  }

  /** @param request As far as there is one. */
  #refuse(from: RefusedCarrier, refusal: Refusal, request: IncomingRequest | undefined): void {
    this.#figures.refused(refusal.reason);
    this.#generations.catchAll?.log?.add(refusedRequest(from, refusal, request));
  }

  #count(entry: InFlight): void {
    const visits = this.#figures.of(entry.site.id);
    countVisit(visits, entry, Date.now());
    if (entry.isRateLimited) count(visits, VISIT.rateLimited, 1);
    if (entry.upstream !== undefined) this.#figures.sentTo(entry.upstream, entry.status, entry.upstreamMs);
  }

  ended({ entry }: Carrier<InFlight>): void {
    if (entry !== undefined) this.#end(entry);
  }

  #find(
    service: Service,
    facts: RequestFacts,
    { proof, question }: { proof: AgentsOwn | undefined; question: Question | undefined },
  ): Target | undefined {
    if (proof?.within !== undefined) return this.#generations.findTargetWithin(service, proof.within, facts);
    const target = this.#generations.findTarget(service, facts);
    if (question === undefined || target?.site.site === question.site) return target;
    // A name that the site does not list, which the web server gives to it all the same.
    const host = nameWithin(service.table.config, question.site);
    return host === undefined ? undefined : this.#generations.findTarget(service, changedFacts(facts, { host }));
  }

  #begin(entry: InFlight): void {
    this.#inFlight.add(entry);
    if (!entry.isProof) entry.site.totals.requests += 1;
    this.#counters.changed();
  }

  #end(entry: InFlight): void {
    if (entry.ended) return;
    entry.ended = true;
    this.#inFlight.remove(entry);
    const { site } = entry;
    if (entry instanceof ExchangeInFlight && entry.response.headersSent) entry.status = entry.response.statusCode;
    if (!entry.isProof && entry.status > 0) {
      const digit = Math.trunc(entry.status / 100);
      site.totals.byClass[digit] = (site.totals.byClass[digit] ?? 0) + 1;
    }
    if (!entry.isProof) this.#count(entry);
    if (entry.trace?.isSampled === true && !entry.isProof) this.#tracer.end(entry.trace, spanOf(entry, Date.now()));
    site.log?.add(entry);
    if (this.#generations.leave(site, entry.figures, entry.outcome())) this.#counters.report();
    else this.#counters.changed();
  }

  /**
   * Takes the proof's fields off, so that they never reach an upstream. Undefined unless its token
   * is the agent's own.
   */
  #takeProof(request: IncomingRequest, facts: RequestFacts, isPageSource: boolean): AgentsOwn | undefined {
    const token = facts.header(PROOF_HEADER);
    if (token === undefined) return undefined;
    const within = facts.header(WITHIN_HEADER);
    request.removeField(PROOF_HEADER);
    request.removeField(WITHIN_HEADER);
    const value = Buffer.from(token);
    const own = isPageSource ? this.#pageSourceToken : this.#proofToken;
    return value.length === own.length && timingSafeEqual(value, own) ? { within } : undefined;
  }

  readonly #crashed = (entry: InFlight, failure: unknown): void => {
    this.#log.error("a handler failed", {
      virtualHost: entry.site.id,
      generation: entry.figures.generation.number,
      why: failure instanceof Error ? (failure.stack ?? failure.message) : messageOf(failure),
    });
  };
}
