/** From a visitor's request to the request head for an upstream. */
import { peerAddress } from "../../core/routing/client-address.ts";
import type { IncomingRequest } from "../http/incoming-request.ts";
import type { RequestFacts } from "../../core/routing/request-facts.ts";
import { originForm, writeRequestHead } from "../upstream/write-request-head.ts";
import { forwardedHeaders } from "./forwarded-headers.ts";

/** @param framing Complete header lines for the body or the upgrade. */
export function proxiedHead(
  request: IncomingRequest,
  facts: RequestFacts,
  target: { readonly authority: string },
  preserveHost: boolean,
  framing: string,
): string {
  const { target: path, authority } = originForm(request.url);
  const host = authority ?? request.field("host") ?? "";
  const peer = peerAddress(request.peer);
  const { peerTrusted } = facts;
  return writeRequestHead({
    method: request.method,
    version: request.httpVersion,
    via: request.field("via"),
    target: path,
    host: preserveHost && host !== "" ? host : target.authority,
    rawHeaders: request.rawHeaders,
    connection: request.field("connection"),
    peerTrusted,
    forwarded: forwardedHeaders({
      peer,
      client: facts.client,
      tls: facts.tls,
      host,
      said: peerTrusted
        ? {
            for: request.field("x-forwarded-for"),
            host: request.field("x-forwarded-host"),
            forwarded: request.field("forwarded"),
          }
        : undefined,
    }),
    framing,
  });
}
