/**
 * Answers that say what went wrong: the site's own pages (`errorPages`), and the built-in page
 * where there is none or it cannot be read.
 */
import type { VirtualHost } from "../../contract/config.ts";
import { errorPageFor } from "../../core/rules/error-page.ts";
import { wantsJson } from "../../core/maintenance/page.ts";
import type { Exchange } from "../exchange.ts";
import { PageFile } from "./page-file.ts";
import type { IncomingRequest } from "../http/incoming-request.ts";
import type { OutgoingResponse } from "../http/outgoing-response.ts";
import { STATUS_CODES } from "node:http";

export interface ErrorPages {
  /** Ends the response, whose head has not been sent. Error answers are never to be cached. */
  answer(exchange: Exchange, status: number, headers?: Readonly<Record<string, string>>): void;
}

export function compileErrorPages(pages: VirtualHost["errorPages"], log: (line: string) => void): ErrorPages {
  const files = new Map(Object.values(pages ?? {}).map((path) => [path, new PageFile(path, log)]));
  return {
    answer({ request, response, entry, now }, status, headers) {
      const own = files.get(errorPageFor(pages, status) ?? "")?.read(now);
      const { type, body } = own ?? builtIn(status, request);
      send(response, status, type, body, headers);
      if (request.method !== "HEAD") entry.bytesSent = body.length;
    },
  };
}

/** For requests that never reached a virtual host. */
export function answerBuiltIn(request: IncomingRequest, response: OutgoingResponse, status: number): void {
  const { type, body } = builtIn(status, request);
  send(response, status, type, body, undefined);
}

function send(
  response: OutgoingResponse,
  status: number,
  type: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> | undefined,
): void {
  const head = ["Content-Type", type, "Content-Length", String(body.length), "Cache-Control", "no-store"];
  for (const [name, value] of Object.entries(headers ?? {})) {
    const field = name.toLowerCase();
    if (field !== "content-type" && field !== "content-length" && field !== "cache-control") head.push(name, value);
  }
  response.writeHead(status, head);
  response.end(body);
}

interface BuiltIn {
  readonly type: string;
  readonly body: string;
}

const htmlPages = new Map<number, BuiltIn>();
const jsonPages = new Map<number, BuiltIn>();

function builtIn(status: number, request: IncomingRequest): BuiltIn {
  const isJson = wantsJson(request.field("accept"));
  const pages = isJson ? jsonPages : htmlPages;
  let page = pages.get(status);
  if (page === undefined) pages.set(status, (page = isJson ? jsonPage(status) : htmlPage(status)));
  return page;
}

function jsonPage(status: number): BuiltIn {
  return {
    type: "application/json; charset=utf-8",
    body: `${JSON.stringify({ status, title: STATUS_CODES[status] ?? "Error" })}\n`,
  };
}

/** Says what a visitor can do, where there is something he can do. */
const ADVICE: Readonly<Record<number, string>> = {
  400: "The address or the request is not written as it should be.",
  401: "A name and a password are needed to see this page.",
  403: "You may not see this page.",
  404: "There is no page at this address. Perhaps it has moved, or the address has a typing error.",
  413: "What you sent is larger than this page takes.",
  429: "Too many requests came from you. Please wait a moment and try again.",
  500: "Something went wrong here, not with you. Please try again later.",
  502: "The application behind this page does not answer. Please try again in a moment.",
  503: "This page is not available at the moment. Please try again later.",
  504: "The application behind this page takes too long. Please try again in a moment.",
};

function htmlPage(status: number): BuiltIn {
  const title = STATUS_CODES[status] ?? "Error";
  const body = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${String(status)} ${title}</title>
<style>:root{color-scheme:light dark}body{font:1.1rem/1.5 system-ui,sans-serif;margin:15vh auto;max-width:32rem;padding:0 1.5rem}h1{font-size:1.6rem;margin:0}small{opacity:.65}</style></head>
<body><h1>${title}</h1><p>${ADVICE[status] ?? "The request cannot be answered."}</p><small>${String(status)}</small></body></html>
`;
  return { type: "text/html; charset=utf-8", body };
}
