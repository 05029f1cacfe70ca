import type { IncomingRequest } from "../http/incoming-request.ts";

export type Verdict =
  | { readonly user: string }
  | { readonly status: 401 | 429 | 500 | 503; readonly fields: Readonly<Record<string, string>> };

/** What is asked. */
export interface Visit {
  readonly request: Pick<IncomingRequest, "field" | "method" | "sentTarget">;
  readonly client: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface Authenticator {
  /** At once where that is possible: who was let in before does not wait. */
  check(visit: Visit): Verdict | Promise<Verdict>;
}
