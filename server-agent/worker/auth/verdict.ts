export type Verdict =
  | { readonly user: string }
  | { readonly status: 401 | 429 | 500 | 503; readonly fields: Readonly<Record<string, string>> };

/** Who asks for what, and how he shows who he is. */
export interface Visit {
  /** Of the request, as its fields and target were sent. */
  readonly authorization: string | undefined;
  readonly method: string;
  readonly target: string;
  readonly client: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface Authenticator {
  /** At once where that is possible: who was let in before does not wait. */
  check(visit: Visit): Verdict | Promise<Verdict>;
}
