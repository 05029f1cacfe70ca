/**
 * The `serverInfo` handler: what one worker has answered for the site. Nothing of it helps who
 * attacks: no versions, names, addresses or paths.
 */
import { wantsJson } from "../../core/maintenance/page.ts";
import type { CompiledHandler, HandlerContext } from "../exchange.ts";
import { takesMethod } from "../files/file.ts";

const startedAt = new Date().toISOString();

export function compileServerInfo({ totals }: HandlerContext): CompiledHandler {
  return {
    answer(exchange) {
      if (!takesMethod(exchange)) return;
      const { request, response, entry } = exchange;
      const info = {
        startedAt,
        requests: totals.requests,
        inFlight: totals.inFlight,
        ...Object.fromEntries([2, 3, 4, 5].map((digit) => [`answered${String(digit)}xx`, totals.byClass[digit] ?? 0])),
        memoryBytes: process.memoryUsage.rss(),
      };
      const isJson = wantsJson(request.field("accept"));
      const body = isJson ? `${JSON.stringify(info)}\n` : htmlOf(info);
      const type = isJson ? "application/json" : "text/html; charset=utf-8";
      response.writeHead(200, [
        "Content-Type",
        type,
        "Content-Length",
        String(body.length),
        "Cache-Control",
        "no-store",
      ]);
      if (request.method !== "HEAD") entry.bytesSent = body.length;
      response.end(body);
    },
  };
}

function htmlOf(info: Readonly<Record<string, string | number>>): string {
  const rows = Object.entries(info).map(([name, value]) => `<tr><th>${name}</th><td>${String(value)}</td></tr>`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>One worker</title></head>
<body><table>${rows.join("")}</table></body></html>
`;
}
