/** A request that is over, as far as its line tells of it. */

export interface LoggedRequest {
  readonly request: {
    readonly method: string;
    readonly sentTarget: string;
    readonly httpVersion: string;
    /** Value of a header, by its name in lower case. */
    field(name: string): string | undefined;
  };
  readonly facts: { readonly client: string };
  readonly carrier: {
    readonly peer: string;
    readonly arrival: { readonly tlsVersion?: string };
    readonly place: { readonly listener: string };
  };
  /** Absent where the request never reached a virtual host. */
  readonly site?: { readonly id: string; readonly site: string };
  readonly generation?: number;
  /** Index of the rule that answered. */
  readonly rule?: number | undefined;
  /** Who has logged in. */
  readonly user?: string | undefined;
  /** The upstream's target that the request was sent to last. */
  readonly upstream?: string | undefined;
  /** Milliseconds from sending the request to it until the head of its response. */
  readonly upstreamMs?: number | undefined;
  /** When the request came (epoch ms). */
  readonly now: number;
  /** 0 for none. */
  readonly status: number;
  /** Of the body. */
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly trace?: { readonly traceId: string } | undefined;
  /** Why it was refused before it reached a virtual host. */
  readonly refusal?: string;
  /** `answered`, `left`, `broken` or `cut`. */
  outcome(): string;
}
