/**
 * What the web server beside the agent asks while a site is closed, over a socket that only the web
 * server can reach. Its hook writes the `Backsoon-*` fields itself, over whatever a visitor sent
 * under these names, so they are believed.
 *
 * It asks twice: with the head of a visitor's request, whether it is let in (`ask`), and where it
 * is not, for the answer (`page`). In the style `forward-auth` it asks once (`both`): an answer of
 * 2xx lets in, every other one is the visitor's.
 */
import { createHash } from "node:crypto";
import { PROOF_HEADER, WITHIN_HEADER } from "../core/proof/headers.ts";
import type { IncomingRequest } from "./http/incoming-request.ts";
import type { OutgoingResponse } from "./http/outgoing-response.ts";

export interface Question {
  readonly stage: "ask" | "page" | "both";
  /** The site whose part of the web server's configuration asks. */
  readonly site: string;
  /** The visitor's. */
  readonly method: string;
  /** Address of the web server's peer. */
  readonly client: string;
  readonly tls: boolean;
  /** Port on which the visitor came; that of the scheme where the web server does not tell it. */
  readonly port: number;
}

const PREFIX = "backsoon-";
/** As nginx takes them: those of WebDAV have hyphens. */
const METHOD = /^[A-Z][A-Z_-]*$/;
/** Told with 204: the visitor is let in. Without it, a 204 of something else would open a site. */
const LET_IN = ["Backsoon-Pass", "1"];

/**
 * Takes the question off the request, which becomes the visitor's own. Undefined where a field is
 * missing or malformed: the answer is 400, for which the web server shows its page on disk.
 */
export function readQuestion(request: IncomingRequest): Question | undefined {
  const said = (name: string): string => request.field(PREFIX + name) ?? "";
  const [stage, site, method, target, host] = [
    said("style") === FORWARD_AUTH ? "both" : said("stage"),
    said("site"),
    said("method"),
    said("uri"),
    said("host"),
  ] as const;
  const tls = said("scheme") === "https";
  const port = /:(\d{1,5})$/.exec(said("listener"))?.[1] ?? (tls ? HTTPS_PORT : HTTP_PORT);
  const question = {
    stage,
    site,
    method,
    client: said("client"),
    tls,
    port: Number(port),
  };
  if (!isStage(stage) || site === "" || !METHOD.test(method) || target === "") return undefined;
  request.removeFields((name) => name.startsWith(PREFIX) && !OWN_FIELDS.has(name));
  request.replaceField("host", host);
  request.url = target;
  // Whether a body is sent is between the web server and the agent.
  if (request.method !== "HEAD") request.method = method === "HEAD" ? "GET" : method;
  return { ...question, stage };
}

const HTTP_PORT = 80;
const HTTPS_PORT = 443;
const FORWARD_AUTH = "forward-auth";

function isStage(stage: string): stage is Question["stage"] {
  return stage === "ask" || stage === "page" || stage === "both";
}

/** Those of the agent's own questions. */
const OWN_FIELDS: ReadonlySet<string> = new Set([PROOF_HEADER, WITHIN_HEADER]);

/** Answers whether a visitor is let in. */
export function answerAsk(response: OutgoingResponse, isLetIn: boolean): void {
  response.writeHead(isLetIn ? 204 : 403, isLetIn ? LET_IN : ["Content-Length", "0"]);
  response.end();
}

/**
 * A page of 2xx would let in whoever asks in one round: it is sent as 503, with its own status
 * beside it, which the web server shows to the visitor.
 */
export function keepFromLettingIn(response: OutgoingResponse): void {
  response.tellSuccessAs(503, "Backsoon-Status");
}

/**
 * What the agent's own questions carry through a web server: another token than on the agent's own
 * listeners, as a site that is open passes it on to its application.
 */
export function pageSourceToken(proofToken: string): string {
  return createHash("sha256").update(`${proofToken} page source`).digest("hex").slice(0, 32);
}
