/**
 * What is in flight. The list is intrusive and an entry is the very object that the handler gets,
 * because every request passes here: no map, no timer, no closure.
 */
import type { InFlightRequest } from "../contract/agent.ts";
import { matchesFilter, type RequestFilter } from "../core/request-filter.ts";
import type { RequestFacts } from "../core/routing/request-facts.ts";
import type { Answerable } from "./answer-target.ts";
import type { Entry, Exchange } from "./exchange.ts";
import type { Agreement, Carrier, Taken } from "./http/carrier.ts";
import type { Trace } from "./tracing/tracer.ts";
import type { IncomingRequest } from "./http/incoming-request.ts";
import type { OutgoingResponse } from "./http/outgoing-response.ts";
import { answerAs, answerAsIndex } from "./redirected.ts";
import { isDownload, isUpload } from "./request-kind.ts";
import type { Visitor } from "./rules/admission.ts";
import type { Outcome, Site, SiteFigures, Target } from "./site.ts";

let lastSequence = 0;
const NONE: readonly never[] = [];

export class InFlight implements Entry {
  kind: Entry["kind"] = "page";
  bytesReceived = 0;
  bytesSent = 0;
  bytesExpected: number | undefined = undefined;
  isHeld = false;
  expire: (() => void) | undefined = undefined;

  /**
   * A field and no getter, so that an exchange that a handler derives from this one still counts
   * here.
   */
  readonly entry: Entry = this;
  readonly sequence: number;
  readonly carrier: Carrier<InFlight>;
  /** Where it is counted: those of its site on its generation. */
  readonly figures: SiteFigures;
  readonly site: Site;
  readonly request: IncomingRequest;
  /** As rewrites have made it. */
  readonly facts: RequestFacts;
  asked: RequestFacts;
  user: string | undefined = undefined;
  authType: Exchange["authType"] = undefined;
  /** Epoch milliseconds of the start; fresh enough for what a handler does with it. */
  readonly now: number;
  /** Index of the rule that answers. */
  rule: number | undefined = undefined;
  isRateLimited = false;
  trace: Trace | undefined = undefined;
  upstream: string | undefined = undefined;
  upstreamMs: number | undefined = undefined;
  /** The status that was sent, 0 for none. */
  status = 0;
  /** One of the proof's own requests, which are no visitors. */
  isProof = false;
  ended = false;
  wasCut = false;

  previous: InFlight | undefined = undefined;
  next: InFlight | undefined = undefined;

  constructor(
    carrier: Carrier<InFlight>,
    figures: SiteFigures,
    site: Site,
    request: IncomingRequest,
    facts: RequestFacts,
  ) {
    this.sequence = ++lastSequence;
    this.carrier = carrier;
    this.figures = figures;
    this.site = site;
    this.request = request;
    this.facts = facts;
    this.asked = facts;
    this.now = Date.now();
  }

  get generation(): number {
    return this.figures.generation.number;
  }

  /** What became of it, once it has ended. */
  outcome(): Outcome {
    return this.wasCut ? "cut" : "left";
  }

  /** Whether the response has begun, so that its head cannot be changed any more. */
  hasBegun(): boolean {
    return true;
  }

  /** Asks for the end of the connection with this response. */
  closeAfterwards(): void {
    this.carrier.closeAfterwards();
  }
}

export class ExchangeInFlight extends InFlight implements Answerable, Visitor {
  readonly response: OutgoingResponse;
  requestEdit: Answerable["requestEdit"] = undefined;
  passed: Target["passed"] = NONE;
  met: Visitor["met"] = NONE;
  visit: Visitor["visit"] = undefined;
  readonly #onCrash: (exchange: ExchangeInFlight, failure: unknown) => void;

  constructor(
    carrier: Carrier<InFlight>,
    figures: SiteFigures,
    site: Site,
    request: IncomingRequest,
    facts: RequestFacts,
    response: OutgoingResponse,
    onCrash: (exchange: ExchangeInFlight, failure: unknown) => void,
  ) {
    super(carrier, figures, site, request, facts);
    this.response = response;
    this.#onCrash = onCrash;
  }

  /** Kept here, so that no other object is needed for it. */
  get visitor(): Visitor {
    return this;
  }

  crash(failure: unknown): void {
    this.#onCrash(this, failure);
    this.fail(500);
  }

  fail(status: number, headers?: Readonly<Record<string, string>>): void {
    const { response } = this;
    if (response.headersSent) response.destroy();
    else if (!response.destroyed) this.site.errorPages.answer(this, status, headers);
  }

  answerAs(location: string): void {
    answerAs(this, location);
  }

  answerAsIndex(name: string): boolean {
    return answerAsIndex(this, name);
  }

  takeConnection(agreement: Agreement): Taken {
    this.status = 101;
    return this.carrier.takeOver(agreement);
  }

  override outcome(): Outcome {
    const { response } = this;
    if (this.wasCut) return "cut";
    // The end of a connection that has become another protocol's is nobody's fault.
    if (response.isSent || this.status === 101) return "answered";
    return response.isBroken && !this.carrier.hasPeerEnded ? "broken" : "left";
  }

  override hasBegun(): boolean {
    return this.response.headersSent;
  }

  override closeAfterwards(): void {
    this.response.closeAfterwards();
  }
}

/** All that is in flight on this worker, oldest first. */
export class InFlightList {
  #size = 0;
  #first: InFlight | undefined = undefined;
  #last: InFlight | undefined = undefined;

  get size(): number {
    return this.#size;
  }

  /** How many wait until their upstream takes connections. */
  get held(): number {
    let held = 0;
    for (let entry = this.#first; entry !== undefined; entry = entry.next) if (entry.isHeld) held += 1;
    return held;
  }

  add(entry: InFlight): void {
    this.#size += 1;
    entry.previous = this.#last;
    if (this.#last === undefined) this.#first = entry;
    else this.#last.next = entry;
    this.#last = entry;
    entry.carrier.entry = entry;
  }

  remove(entry: InFlight): void {
    this.#size -= 1;
    if (entry.previous === undefined) this.#first = entry.next;
    else entry.previous.next = entry.next;
    if (entry.next === undefined) this.#last = entry.previous;
    else entry.next.previous = entry.previous;
    entry.previous = undefined;
    entry.next = undefined;
    entry.carrier.entry = undefined;
  }

  /** Those that are in flight now; entries may end while this runs. */
  [Symbol.iterator](): IterableIterator<InFlight> {
    const entries: InFlight[] = [];
    for (let entry = this.#first; entry !== undefined; entry = entry.next) entries.push(entry);
    return entries.values();
  }

  /** Those that match, oldest first, `limit` at most, and how many there are in all. */
  list(filter: RequestFilter, limit: number, worker: number): { requests: InFlightRequest[]; total: number } {
    const requests: InFlightRequest[] = [];
    let total = 0;
    for (let entry = this.#first; entry !== undefined; entry = entry.next) {
      const { site } = entry.site;
      if (!matchesFilter({ site, generation: entry.figures.generation.number }, filter)) continue;
      if (total++ < limit) requests.push(describe(entry, worker));
    }
    return { requests, total };
  }

  find(id: string, worker: number): InFlight | undefined {
    for (const entry of this) if (idOf(entry, worker) === id) return entry;
    return undefined;
  }
}

function idOf(entry: InFlight, worker: number): string {
  return `${String(worker)}-${String(entry.sequence)}`;
}

/**
 * The entry as the admin API tells it. Its kind is worked out here, so that the many requests
 * nobody looks at cost nothing.
 */
export function describe(entry: InFlight, worker: number): InFlightRequest {
  const { facts, request, site } = entry;
  const uploadBytes = request.contentLength;
  const kind = kindOf(entry, uploadBytes);
  const bytesExpected = entry.bytesExpected ?? (kind === "upload" ? uploadBytes : undefined);
  return {
    id: idOf(entry, worker),
    generation: entry.figures.generation.number,
    worker,
    virtualHost: site.id,
    site: site.site,
    method: facts.method,
    host: facts.host,
    path: entry.asked.path,
    client: facts.client,
    kind,
    startedAt: new Date(entry.now).toISOString(),
    bytesReceived: entry.bytesReceived,
    bytesSent: entry.bytesSent,
    ...(bytesExpected === undefined ? {} : { bytesExpected }),
    ...(entry.isHeld ? { held: true as const } : {}),
  };
}

function kindOf(entry: InFlight, uploadBytes: number | undefined): InFlightRequest["kind"] {
  if (entry.kind !== "page") return entry.kind;
  if (isDownload(entry.bytesSent) || isDownload(entry.bytesExpected ?? 0)) return "download";
  const isLarge = uploadBytes === undefined ? entry.request.chunked : isUpload(uploadBytes);
  return isLarge && !entry.hasBegun() ? "upload" : "page";
}
