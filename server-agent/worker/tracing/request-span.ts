/** A request that is over, as a span (semantic conventions for HTTP spans, 1.23). */
import type { Span } from "../../core/tracing/otlp.ts";
import type { TraceParent } from "../../core/tracing/trace-context.ts";

interface TracedRequest {
  readonly request: { readonly httpVersion: string; field(name: string): string | undefined };
  readonly asked: { readonly method: string; readonly host: string; readonly rawPath: string; readonly tls: boolean };
  readonly facts: { readonly client: string };
  readonly site: { readonly id: string; readonly site: string };
  readonly rule: number | undefined;
  readonly upstream: string | undefined;
  readonly now: number;
  readonly status: number;
  readonly bytesSent: number;
}

/** Of what a visitor says: collectors refuse batches that are too large as a whole. */
const MAX_CHARS = 1024;

/** @param end Epoch ms. */
export function spanOf(entry: TracedRequest, end: number): Omit<Span, keyof TraceParent | "parentId"> {
  const { request, asked, facts, site, rule, upstream, now, status, bytesSent } = entry;
  return {
    name: asked.method,
    start: now,
    end,
    isFailure: status === 0 || status >= 500,
    attributes: {
      "http.request.method": asked.method,
      "http.response.status_code": status === 0 ? undefined : status,
      "http.response.body.size": bytesSent,
      "url.scheme": asked.tls ? "https" : "http",
      "url.path": asked.rawPath.slice(0, MAX_CHARS),
      "server.address": asked.host,
      "client.address": facts.client,
      "network.protocol.version": request.httpVersion === "2.0" ? "2" : request.httpVersion,
      "user_agent.original": request.field("user-agent")?.slice(0, MAX_CHARS),
      "backsoon.site": site.site,
      "backsoon.virtual_host": site.id,
      "backsoon.rule": rule,
      "backsoon.maintenance": site.id !== site.site,
      "backsoon.upstream": upstream,
    },
  };
}
