/**
 * What the link of a pass leads to. The pass stands behind `#`, which browsers keep to themselves:
 * no log, no `Referer`, no scanner of messages gets it. The page takes it from there, sends it in a
 * field of a request, and gets it as a cookie that no script can read.
 */
import { createHash } from "node:crypto";
import { PASS_COOKIE, PASS_HEADER } from "../../core/pass-names.ts";
import type { RequestFacts } from "../../core/routing/request-facts.ts";
import type { IncomingRequest } from "../http/incoming-request.ts";
import type { OutgoingResponse } from "../http/outgoing-response.ts";
import type { Passes } from "./passes.ts";

const SCRIPT = `(async()=>{const pass=location.hash.slice(1);history.replaceState(null,"",location.pathname);try{const{ok}=await fetch(location.pathname,{method:"POST",headers:{"${PASS_HEADER}":pass},cache:"no-store"});if(ok)return location.replace("/")}catch{}document.body.className="no"})()`;
const STYLE = `:root{color-scheme:light dark}body{font:17px/1.5 system-ui,sans-serif;margin:15vh auto;max-width:32rem;padding:0 1.5rem}.no .wait,body:not(.no) .end{display:none}`;

const PAGE = Buffer.from(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Staff pass</title>
<style>${STYLE}</style>
</head>
<body>
<p class="wait">Opening the site…</p>
<p class="end" role="status">This pass does not open this site. It has expired, was revoked, or is for another site. Ask the person who gave it to you for a new one.</p>
<noscript><p>This link needs JavaScript.</p></noscript>
<script>${SCRIPT}</script>
</body>
</html>
`);

const PRIVATE = [
  "Cache-Control",
  "no-store",
  "Referrer-Policy",
  "no-referrer",
  "X-Robots-Tag",
  "noindex",
  "X-Content-Type-Options",
  "nosniff",
];

const PAGE_FIELDS = [
  ...PRIVATE,
  "Content-Type",
  "text/html; charset=utf-8",
  "Content-Length",
  String(PAGE.length),
  "Content-Security-Policy",
  `default-src 'none'; script-src ${hashOf(SCRIPT)}; style-src ${hashOf(STYLE)}; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
];

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

export interface PassLink {
  readonly request: IncomingRequest;
  readonly response: OutgoingResponse;
  readonly facts: RequestFacts;
  /** Id of the original. */
  readonly site: string;
  readonly isClosed: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** A site that is open needs no pass: then every link leads to it, and leaves nothing behind. */
export function answerPassLink({ request, response, facts, site, isClosed, now }: PassLink, passes: Passes): void {
  const { method } = facts;
  if (method === "GET" || method === "HEAD") {
    response.writeHead(200, PAGE_FIELDS);
    response.end(request.method === "HEAD" ? undefined : PAGE);
    return;
  }
  if (method !== "POST") {
    end(response, 405, ["Allow", "GET, HEAD, POST"]);
    return;
  }
  const token = request.field(PASS_HEADER) ?? "";
  const pass = passes.open(token, site, now);
  if (pass === undefined) {
    end(response, isClosed ? 403 : 204, []);
    return;
  }
  const seconds = Math.ceil((pass.endMs - now) / 1000);
  const secure = facts.tls ? "; Secure" : "";
  const cookie = `${PASS_COOKIE}=${token}; Path=/; Max-Age=${String(seconds)}; HttpOnly; SameSite=Lax${secure}`;
  end(response, 204, ["Set-Cookie", cookie]);
}

function end(response: OutgoingResponse, status: number, fields: readonly string[]): void {
  response.writeHead(status, [...PRIVATE, ...fields, ...(status === 204 ? [] : ["Content-Length", "0"])]);
  response.end();
}
