/**
 * The head of a request, from its fields (RFC 9113, 8.2 and 8.3), read as strictly as that of
 * HTTP/1.1: an upstream gets it as text, so nothing in it may end a line or a request there.
 */
import { randomBytes } from "node:crypto";
import { classOf } from "../http/field-names.ts";
import type { RequestHead } from "../http/incoming-request.ts";
import { MalformedMessage } from "../http/malformed-message.ts";
import { INVALID_VALUE } from "../http/prepared-fields.ts";

/** More fields than this are an attack or an accident. */
export const MAX_FIELDS = 500;

const METHOD = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,64}$/;
/**
 * Visible ASCII alone (RFC 3986, 2), and no fragment. It begins with a slash, but for the question
 * about the whole server (RFC 9113, 8.3.1).
 */
const PATH = /^(?:\/[\x21\x22\x24-\x7e]*|\*)$/;
const EDGES = /^[ \t]|[ \t]$/;
const LENGTH = /^\d{1,15}$/;

export interface StreamHead extends RequestHead {
  readonly version: "2.0";
  /** An extended CONNECT (RFC 8441): what 2xx says is that there is a WebSocket. */
  readonly isWebSocket: boolean;
}

interface PseudoFields {
  method?: string;
  scheme?: string;
  authority?: string;
  path?: string;
  protocol?: string;
}

const PSEUDO: Readonly<Record<string, keyof PseudoFields>> = {
  ":method": "method",
  ":scheme": "scheme",
  ":authority": "authority",
  ":path": "path",
  ":protocol": "protocol",
};

/**
 * @param list Name, value, name, value.
 * @param hasEnded There is no body.
 * @throws MalformedMessage
 */
export function readRequestFields(list: readonly string[], hasEnded: boolean): StreamHead {
  const pseudo: PseudoFields = {};
  const rawHeaders: string[] = ["host", ""];
  let at = 0;
  for (; at < list.length && list[at]?.charCodeAt(0) === COLON; at += 2) {
    const part = PSEUDO[list[at] ?? ""];
    if (part === undefined || pseudo[part] !== undefined) throw new MalformedMessage("a pseudo field too many");
    pseudo[part] = valid(list[at + 1]);
  }
  let host: string | undefined;
  let contentLength: number | undefined;
  let cookieAt = 0;
  for (; at < list.length; at += 2) {
    const name = list[at] ?? "";
    const value = list[at + 1] ?? "";
    checkField(name, value);
    switch (classOf(name)) {
      case "malformed":
      case "connection":
      case "keep-alive":
      case "transfer-encoding":
      case "upgrade":
        throw new MalformedMessage(`the field ${JSON.stringify(name)}`);
      case "host":
        if (host !== undefined) throw new MalformedMessage("two Host fields");
        host = value;
        continue;
      case "content-length":
        if (contentLength !== undefined || !LENGTH.test(value)) throw new MalformedMessage("not a Content-Length");
        contentLength = Number(value);
        break;
      case "hop-by-hop":
        if (name === "proxy-connection" || (name === "te" && value.toLowerCase() !== "trailers"))
          throw new MalformedMessage(`the field ${name}`);
        break;
      default:
        // Of a client's own it means nothing here (RFC 8441, 5), and two are none upstream.
        if (name === "sec-websocket-key" && pseudo.protocol !== undefined) continue;
        // One field again, as HTTP/1.1 has it (RFC 9113, 8.2.3).
        if (name === "cookie") {
          if (cookieAt > 0) {
            rawHeaders[cookieAt] = `${rawHeaders[cookieAt] ?? ""}; ${value}`;
            continue;
          }
          cookieAt = rawHeaders.length + 1;
        }
    }
    rawHeaders.push(name, value);
  }
  if (hasEnded && (contentLength ?? 0) > 0) throw new MalformedMessage("no body, but a Content-Length");
  const { method, target, isWebSocket } = requestLine(pseudo, hasEnded, rawHeaders);
  setHost(rawHeaders, pseudo.authority, host);
  return {
    method,
    target,
    version: "2.0",
    rawHeaders,
    contentLength,
    chunked: !hasEnded && contentLength === undefined && !isWebSocket,
    isWebSocket,
  };
}

const COLON = 0x3a;

/** What every field of HTTP/2 must be (RFC 9113, 8.2.1). @throws MalformedMessage */
export function checkField(name: string, value: string): void {
  valid(value);
  if (name !== name.toLowerCase()) throw new MalformedMessage("a field whose name is not in lower case");
}

function valid(value = ""): string {
  if (INVALID_VALUE.test(value) || EDGES.test(value)) throw new MalformedMessage("a value that no field has");
  return value;
}

function requestLine(
  { method, scheme, path, protocol, authority }: PseudoFields,
  hasEnded: boolean,
  rawHeaders: string[],
): Pick<StreamHead, "method" | "target" | "isWebSocket"> {
  if (method === undefined || !METHOD.test(method)) throw new MalformedMessage("no method");
  if (method === "CONNECT" && protocol === undefined) {
    if (scheme !== undefined || path !== undefined || authority === undefined)
      throw new MalformedMessage("a CONNECT with a path");
    return { method, target: authority, isWebSocket: false };
  }
  if (protocol !== undefined && method !== "CONNECT") throw new MalformedMessage("a protocol without CONNECT");
  if (scheme !== "https" && scheme !== "http") throw new MalformedMessage("no scheme of HTTP");
  if (path === undefined || !PATH.test(path) || (path === "*" && method !== "OPTIONS"))
    throw new MalformedMessage("no path");
  const isWebSocket = protocol === "websocket" && !hasEnded;
  // From here on it is the request that HTTP/1.1 has for the same (RFC 6455, 4.1).
  if (isWebSocket)
    rawHeaders.push(
      "connection",
      "Upgrade",
      "upgrade",
      "websocket",
      "sec-websocket-key",
      randomBytes(16).toString("base64"),
    );
  return { method: isWebSocket ? "GET" : method, target: path, isWebSocket };
}

/** The authority stands for Host, and differs from it in nothing but case (RFC 9113, 8.3.1). */
function setHost(rawHeaders: string[], authority: string | undefined, host: string | undefined): void {
  if (authority !== undefined && host !== undefined && authority.toLowerCase() !== host.toLowerCase())
    throw new MalformedMessage("an authority and another Host");
  const asked = authority ?? host;
  if (asked === undefined) rawHeaders.splice(0, 2);
  else rawHeaders[1] = asked;
}

/** Checks fields behind a body (RFC 9113, 8.1). @throws MalformedMessage */
export function checkTrailers(list: readonly string[]): void {
  for (let index = 0; index < list.length; index += 2) {
    const name = list[index] ?? "";
    checkField(name, list[index + 1] ?? "");
    if (classOf(name) === "malformed") throw new MalformedMessage("a trailer that is no field");
  }
}
