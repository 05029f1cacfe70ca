/** What matching may know about a request, read from the head only as far as somebody asks. */
import { clientOf, type Client } from "../core/routing/client-address.ts";
import { isPlainHost, normaliseHost } from "../core/routing/normalise-host.ts";
import { canonicalPath, normalisePath } from "../core/routing/normalise-path.ts";
import type { Geo, RequestFacts } from "../core/routing/request-facts.ts";
import type { Carrier } from "./http/carrier.ts";
import type { IncomingRequest } from "./http/incoming-request.ts";
import type { GeoFiles } from "./clients/geo-files.ts";
import type { FileExistence } from "./files/file-existence.ts";
import type { Question } from "./page-source.ts";
import type { Passes } from "./passes/passes.ts";
import type { RoutingTable } from "../core/routing/routing-table.ts";

const SLASH = 0x2f;
/** An authority with a user is refused (RFC 9110, 4.2.4). */
const ABSOLUTE = /^https?:\/\/([^/?#@]+)([/?].*)?$/i;

/** By what a request is read. */
export interface Reading {
  readonly table: Pick<RoutingTable, "config" | "trustedProxies">;
  /** Where a web server asks on behalf of the visitor. */
  readonly question: Question | undefined;
  readonly files: FileExistence;
  readonly passes: Pick<Passes, "isHeld">;
  readonly geo: Pick<GeoFiles, "locate">;
}

class ServedFacts implements RequestFacts {
  readonly host: string;
  readonly path: string;
  readonly rawPath: string;
  readonly query: string;
  readonly #request: IncomingRequest;
  readonly #carrier: Carrier;
  readonly #table: Reading["table"];
  readonly #question: Question | undefined;
  readonly #files: FileExistence;
  readonly #passes: Reading["passes"];
  readonly #geoFiles: Reading["geo"];
  #client: Client | undefined = undefined;

  constructor(
    host: string,
    path: string,
    rawPath: string,
    query: string,
    request: IncomingRequest,
    carrier: Carrier,
    { table, question, files, passes, geo }: Reading,
  ) {
    this.host = host;
    this.path = path;
    this.rawPath = rawPath;
    this.query = query;
    this.#request = request;
    this.#carrier = carrier;
    this.#table = table;
    this.#question = question;
    this.#files = files;
    this.#passes = passes;
    this.#geoFiles = geo;
  }

  get method(): string {
    return this.#question?.method ?? this.#request.method;
  }

  get listener(): string {
    const { listener } = this.#carrier.place;
    const port = this.#question?.port;
    if (port === undefined) return listener;
    const own = this.#table.config.listeners.find((one) => one.foreign === listener && one.port === port);
    return own?.name ?? listener;
  }

  get peerTrusted(): boolean {
    return this.#forwarded().peerTrusted;
  }

  get client(): string {
    return this.#forwarded().client;
  }

  get geo(): Geo {
    return this.#geoFiles.locate(this.#table.config.geoFiles, this.client, Date.now());
  }

  get tls(): boolean {
    const { tls, peerTrusted } = this.#forwarded();
    if (this.#question === undefined) return tls ?? this.#carrier.arrival.isSecure;
    return tls === true || (!peerTrusted && this.#question.tls);
  }

  get clientCertificate(): RequestFacts["clientCertificate"] {
    return this.#carrier.arrival.clientCertificate;
  }

  header(name: string): string | undefined {
    // Several `Cookie` lines are one list; of other fields the first one is wanted.
    if (name === "cookie") return this.#request.field("cookie");
    const { rawHeaders } = this.#request;
    for (let index = 0; index < rawHeaders.length; index += 2) {
      const field = rawHeaders[index];
      if (field?.length === name.length && field.toLowerCase() === name) return rawHeaders[index + 1];
    }
    return undefined;
  }

  exists(path: string): boolean {
    return this.#files.exists(path);
  }

  hasPass(site: string): boolean {
    return this.#passes.isHeld(this.#request.field("cookie"), site, Date.now());
  }

  #forwarded(): Client {
    if (this.#client !== undefined) return this.#client;
    const request = this.#request;
    this.#client = clientOf(
      this.#question?.client ?? this.#carrier.peer,
      request.field("x-forwarded-for"),
      request.field("x-forwarded-proto"),
      this.#table.trustedProxies,
    );
    return this.#client;
  }
}

/**
 * A web server beside the agent reads what the visitor sent, not what is judged here: dot segments
 * stay for it to resolve in its own way, after `%2F` has become a slash.
 */
function readPath(sentPath: string, { question }: Reading): string {
  return question === undefined ? canonicalPath(sentPath) : sentPath.replace(/^\/+/, "/");
}

/**
 * As a part of the text it was cut out of, it would keep all of that: the whole head of a request,
 * for as long as its connection idles.
 */
function copied(part: string): string {
  return Buffer.from(part, "latin1").toString("latin1");
}

/**
 * Undefined when the request is malformed (RFC 9112, 3.2): no usable target, no Host, several, or
 * one that is no host. The answer is 400. The target of the request becomes what is judged: the
 * origin form, or `*`, without dot segments.
 */
export function readFacts(request: IncomingRequest, carrier: Carrier, reading: Reading): RequestFacts | undefined {
  let target = request.url;
  let hostHeader: string | undefined;
  const { rawHeaders } = request;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const field = rawHeaders[index];
    if (field?.length !== 4 || (field !== "Host" && field.toLowerCase() !== "host")) continue;
    if (hostHeader !== undefined) return undefined;
    hostHeader = rawHeaders[index + 1];
  }
  if (hostHeader === undefined && request.httpVersion !== "1.0") return undefined;
  if (target.charCodeAt(0) !== SLASH && target !== "*") {
    // Absolute form: its host outweighs the header (RFC 9112, 3.2.2), which must be one all the
    // same.
    const [, authority, rest = ""] = ABSOLUTE.exec(target) ?? [];
    if (authority === undefined || (hostHeader !== undefined && !isPlainHost(hostHeader))) return undefined;
    hostHeader = authority;
    // Without a path, it is a question about the server (RFC 9112, 3.2.4).
    target = rest.startsWith("/") ? rest : rest === "" && request.method === "OPTIONS" ? "*" : `/${rest}`;
    request.replaceField("host", hostHeader);
  }
  const { lastHost } = carrier;
  if (hostHeader !== lastHost.field) {
    if (hostHeader !== undefined && !isPlainHost(hostHeader)) return undefined;
    lastHost.field = hostHeader === undefined ? undefined : copied(hostHeader);
    lastHost.name = normaliseHost(lastHost.field);
  }
  const mark = target.indexOf("?");
  const sentPath = mark < 0 ? target : target.slice(0, mark);
  const rawPath = target === "*" ? target : readPath(sentPath, reading);
  const path = target === "*" && request.method === "OPTIONS" ? target : normalisePath(rawPath);
  if (path === undefined) return undefined;
  // Handlers that pass the request on send what was judged.
  request.url = rawPath === sentPath ? target : rawPath + target.slice(sentPath.length);
  return new ServedFacts(
    lastHost.name,
    path,
    rawPath,
    mark < 0 ? "" : target.slice(mark + 1),
    request,
    carrier,
    reading,
  );
}
