/** From a visitor's request to the request head for an upstream. */
import type { MountedPath } from "../../core/routing/mounted-path.ts";
import { peerAddress } from "../../core/routing/client-address.ts";
import { without, type FieldEdit } from "../../core/rules/field-edit.ts";
import type { Exchange } from "../exchange.ts";
import type { ResponseHead } from "../upstream-protocols/response-head.ts";
import type { CallTarget } from "../upstream/upstream-call.ts";
import { originForm, writeRequestHead } from "../upstream/write-request-head.ts";
import { forwardedHeaders } from "./forwarded-headers.ts";

/** What the configuration says of the way to an upstream and back. */
export interface Way {
  /** The upstream gets the visitor's `Host`. */
  readonly preserveHost: boolean;
  /** Undefined where addresses are the same on both sides. */
  readonly mounted: MountedPath | undefined;
}

/** @param framing Complete header lines for the body or the upgrade. */
export function proxiedHead(
  exchange: Pick<Exchange, "request" | "facts" | "requestEdit" | "asked" | "user">,
  target: { readonly authority: string },
  { preserveHost, mounted }: Way,
  framing: string,
): string {
  const { request, facts, requestEdit } = exchange;
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
    rawHeaders: requestEdit === undefined ? request.rawHeaders : remaining(request.rawHeaders, requestEdit),
    connection: request.field("connection"),
    peerTrusted,
    forwarded: forwardedHeaders({
      peer,
      client: facts.client,
      tls: facts.tls,
      host,
      prefix: mounted?.prefix ?? "",
      said: peerTrusted
        ? {
            for: request.field("x-forwarded-for"),
            host: request.field("x-forwarded-host"),
            prefix: request.field("x-forwarded-prefix"),
            forwarded: request.field("forwarded"),
          }
        : undefined,
    }),
    added: requestEdit === undefined ? "" : linesOf(requestEdit.added(exchange)),
    framing,
  });
}

/** Makes the visitor's addresses of the upstream's, in the fields of its response. */
export function leadBack(
  head: Pick<ResponseHead, "headers">,
  { mounted }: Way,
  { authority, tls }: Pick<CallTarget, "authority" | "tls">,
): void {
  mounted?.leadBack(head.headers, `${tls === undefined ? "http" : "https"}://${authority}`);
}

function remaining(fields: readonly string[], edit: FieldEdit): string[] {
  return without(fields, (name) => edit.removesAlike(name));
}

function linesOf(fields: readonly string[]): string {
  let lines = "";
  for (let index = 0; index < fields.length; index += 2)
    lines += `${fields[index] ?? ""}: ${fields[index + 1] ?? ""}\r\n`;
  return lines;
}
