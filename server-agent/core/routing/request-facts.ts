/** A certificate that a visitor has shown, and that an authority of the listener has signed. */
export interface ClientCertificate {
  readonly commonName: string;
  /** SHA-256, as hexadecimal digits in lower case. */
  readonly fingerprint: string;
}

/** Where an address is, as far as the document's `geoFiles` know it. */
export interface Geo {
  /** ISO 3166-1, two capital letters. */
  readonly country: string | undefined;
  /** Two capital letters: AF, AN, AS, EU, NA, OC or SA. */
  readonly continent: string | undefined;
  /** Number of the autonomous system: the network that announces the address. */
  readonly asn: number | undefined;
}

export const NOWHERE: Geo = { country: undefined, continent: undefined, asn: undefined };

/**
 * What matching may know about a request. The worker derives it once per request; `explain` makes
 * it from a URL. Getters may be lazy: most requests are decided by host and path alone.
 */
export interface RequestFacts {
  /** Lower case, without port and trailing dot; `""` when the request named none. */
  readonly host: string;
  /**
   * Percent-decoded, dot segments removed, starts with `/`; `*` for a question about the server.
   */
  readonly path: string;
  /**
   * The same as it is read behind the agent, still encoded: without dot segments, but for a web
   * server beside the agent, which resolves them by itself.
   */
  readonly rawPath: string;
  /** Raw query without `?`; `""` when there is none. */
  readonly query: string;
  /** Upper case as sent. */
  readonly method: string;
  /** The peer of the connection is a trusted proxy, whose word about the visitor counts. */
  readonly peerTrusted: boolean;
  /** Client address in canonical text form: the socket's, or the one a trusted proxy forwarded. */
  readonly client: string;
  /** Where the client's address is. */
  readonly geo: Geo;
  readonly tls: boolean;
  readonly clientCertificate?: ClientCertificate | undefined;
  /** Name of the listener that accepted the connection. */
  readonly listener: string;
  /** First value of a header by lower-case name. */
  header(name: string): string | undefined;
  /** Whether a file exists on the server, by a name as text; cached for a second at most. */
  exists(path: string): boolean;
  /** Whether the visitor's browser has a staff pass for this site. */
  hasPass(site: string): boolean;
}

/** The same request, had it come with another host, address or method. */
export function changedFacts(
  facts: RequestFacts,
  change: { host?: string; path?: string; rawPath?: string; query?: string; method?: string },
): RequestFacts {
  return {
    host: change.host ?? facts.host,
    path: change.path ?? facts.path,
    rawPath: change.rawPath ?? facts.rawPath,
    query: change.query ?? facts.query,
    method: change.method ?? facts.method,
    listener: facts.listener,
    get peerTrusted() {
      return facts.peerTrusted;
    },
    get client() {
      return facts.client;
    },
    get geo() {
      return facts.geo;
    },
    get tls() {
      return facts.tls;
    },
    get clientCertificate() {
      return facts.clientCertificate;
    },
    header: (name) => facts.header(name),
    exists: (path) => facts.exists(path),
    hasPass: (site) => facts.hasPass(site),
  };
}
