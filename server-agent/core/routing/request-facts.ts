/**
 * What matching may know about a request. The worker derives it once per request; `explain` makes
 * it from a URL. Getters may be lazy: most requests are decided by host and path alone.
 */
export interface RequestFacts {
  /** Lower case, without port and trailing dot; `""` when the request named none. */
  readonly host: string;
  /** Percent-decoded, dot segments removed, starts with `/`. */
  readonly path: string;
  /** Raw query without `?`; `""` when there is none. */
  readonly query: string;
  /** Upper case as sent. */
  readonly method: string;
  /** Client address in canonical text form: the socket's, or the one a trusted proxy forwarded. */
  readonly client: string;
  readonly tls: boolean;
  /** Name of the listener that accepted the connection. */
  readonly listener: string;
  /** First value of a header by lower-case name. */
  header(name: string): string | undefined;
  /** Whether a file exists on the server; cached for a second at most. */
  exists(path: string): boolean;
}
