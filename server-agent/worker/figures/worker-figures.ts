/**
 * What a worker counts for metrics alone: told to the supervisor once a second while something has
 * changed. All but `open` only ever grows.
 */
import type { RefusalReason } from "../http/refusal.ts";
import { noVisits, type VisitFigures } from "./visit-figures.ts";

export interface EdgeFigures {
  /** What there is now. */
  open: { http1: number; http2: number; entering: number; held: number };
  /** Connections that were accepted, TLS handshakes that succeeded, and those that resumed. */
  accepted: number;
  handshakes: number;
  resumed: number;
  /** Lines of access logs that nobody will read. */
  lostLines: number;
  /** Spans that no collector has taken. */
  lostSpans: number;
  refused: Partial<Record<RefusalReason, number>>;
  /** By target: requests that were sent there, and seconds until the heads of their responses. */
  upstreams: Record<string, { requests: number; failures: number; answers: number; seconds: number }>;
}

export interface FiguresMessage {
  /** By virtual host; those that have changed. */
  visits: Record<string, number[]>;
  edge: EdgeFigures;
}

/** A virtual host as it is counted. */
interface Counted {
  readonly visits: VisitFigures;
  isTold: boolean;
}

/** What is looked at when it is told, and not counted. */
export type FiguresSample = () => Pick<EdgeFigures, "open" | "lostLines" | "lostSpans">;

const REPORT_INTERVAL_MS = 1000;

export class WorkerFigures {
  readonly edge: Omit<EdgeFigures, "open" | "lostLines" | "lostSpans"> = {
    accepted: 0,
    handshakes: 0,
    resumed: 0,
    refused: {},
    upstreams: {},
  };
  readonly #hosts = new Map<string, Counted>();
  #changed: [id: string, host: Counted][] = [];
  readonly #send: (message: FiguresMessage) => void;
  readonly #sample: FiguresSample;
  /** The edge as it was told last. */
  #told = "";
  #timer: NodeJS.Timeout | undefined = undefined;

  constructor(send: (message: FiguresMessage) => void, sample: FiguresSample) {
    this.#send = send;
    this.#sample = sample;
  }

  /** Where the visits of a virtual host are counted; to be asked for each of them. */
  of(id: string): VisitFigures {
    let host = this.#hosts.get(id);
    if (host === undefined) this.#hosts.set(id, (host = { visits: noVisits(), isTold: true }));
    if (host.isTold) {
      host.isTold = false;
      this.#changed.push([id, host]);
      this.changed();
    }
    return host.visits;
  }

  refused(reason: RefusalReason): void {
    this.edge.refused[reason] = (this.edge.refused[reason] ?? 0) + 1;
    this.changed();
  }

  /**
   * A request was sent to this target of an upstream. @param ms Until the head of its response;
   * undefined where none came.
   */
  sentTo(target: string, status: number, ms: number | undefined): void {
    const figures = (this.edge.upstreams[target] ??= { requests: 0, failures: 0, answers: 0, seconds: 0 });
    figures.requests += 1;
    if (ms !== undefined) {
      figures.answers += 1;
      figures.seconds += ms / 1000;
    } else if (status === 502 || status === 504) {
      figures.failures += 1;
    }
  }

  /** Something of the edge was counted. */
  changed(): void {
    this.#timer ??= setTimeout(() => {
      this.report();
    }, REPORT_INTERVAL_MS).unref();
  }

  report(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const visits: Record<string, number[]> = {};
    for (const [id, host] of this.#changed) {
      host.isTold = true;
      visits[id] = Array.from(host.visits);
    }
    this.#changed = [];
    const sample = this.#sample();
    const edge = { ...this.edge, ...sample };
    const text = JSON.stringify(edge);
    if (text !== this.#told || Object.keys(visits).length > 0) this.#send({ visits, edge });
    this.#told = text;
    // What is open now will end, which nobody else might tell.
    if (Object.values(sample.open).some((open) => open > 0)) this.changed();
  }
}
