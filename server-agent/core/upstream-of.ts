/** Which handlers lead to applications, and how. */
import type { Handler } from "../contract/handler.ts";

/** What is spoken with a target: the scheme of its address. */
export type Protocol = "http" | "fcgi" | "scgi" | "uwsgi";

/** Whether an application, or a program, gets the request and reads it by itself. */
export function isPassedOn(handler: Handler | undefined): boolean {
  return upstreamOf(handler) !== undefined || handler?.type === "cgi";
}

/** The upstream that a handler leads to, and how; undefined for handlers that answer. */
export function upstreamOf(handler: Handler | undefined): { name: string; protocol: Protocol } | undefined {
  switch (handler?.type) {
    case "proxy":
      return { name: handler.upstream, protocol: "http" };
    case "fastcgi":
      return { name: handler.upstream, protocol: "fcgi" };
    case "scgi":
    case "uwsgi":
      return { name: handler.upstream, protocol: handler.type };
    default:
      return undefined;
  }
}
