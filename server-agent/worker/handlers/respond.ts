import type { Handler } from "../../contract/handler.ts";
import type { CompiledHandler } from "../exchange.ts";
import { PreparedFields } from "../http/prepared-fields.ts";

/**
 * Answers with a fixed status, headers and body, made once. Text without a `Content-Type` of its
 * own is sent as plain text.
 */
export function compileRespond({
  status = 200,
  headers = {},
  body = "",
}: Extract<Handler, { type: "respond" }>): CompiledHandler {
  // These have no body (RFC 9110, 15.3.5, 15.3.6 and 15.4.5).
  const bodiless = status === 204 || status === 205 || status === 304;
  const bytes = bodiless ? Buffer.alloc(0) : Buffer.from(body);
  const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const head = Object.entries(headers).flat();
  if (bytes.length > 0 && !names.has("content-type")) head.push("Content-Type", "text/plain; charset=utf-8");
  if (status !== 204 && status !== 304) head.push("Content-Length", String(bytes.length));
  const fields = new PreparedFields(head);
  return {
    answer({ response, request, entry }) {
      response.writeHead(status, fields);
      if (request.method !== "HEAD") entry.bytesSent = bytes.length;
      response.end(bytes);
    },
  };
}
