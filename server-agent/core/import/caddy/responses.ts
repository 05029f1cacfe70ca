/** `static_response`: a redirect, an error, a text, or no answer at all. */
import type { Handler } from "../../../contract/handler.ts";
import type { JsonNode } from "./json-tree.ts";
import { addressOf } from "./values.ts";

const REDIRECTS = [301, 302, 303, 307, 308] as const;

/** Why not, in words, where it cannot be said. */
export function responseOf(node: JsonNode): Handler | string {
  if (node.text("abort") === "true") return { type: "drop" };
  const status = Number(node.text("status_code") || "200");
  const location = node.list("headers/Location").at(0);
  const redirect = REDIRECTS.find((code) => code === status);
  if (location !== undefined && redirect !== undefined) return redirectTo(location, redirect);
  const body = node.text("body");
  if (/\{[a-z][\w.]*\}/.test(body)) return "its text has a placeholder that is not supported";
  if (!(status >= 200 && status <= 599)) return "it names no status that can be sent";
  if (status >= 400 && body === "") return { type: "error", status };
  const headers = Object.fromEntries(node.items("headers").map((header) => [header.key, header.list("").join(", ")]));
  return {
    type: "respond",
    status,
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(body === "" ? {} : { body }),
  };
}

function redirectTo(location: string, status: (typeof REDIRECTS)[number]): Handler | string {
  const to = addressOf(location);
  if (to === undefined) return "its URL has a placeholder that is not supported";
  // A path alone loses the query; the whole address keeps it.
  const keepsQuery = /\{http\.request\.(?:orig_)?uri\}/.test(location);
  return { type: "redirect", to, status, ...(keepsQuery ? {} : { regex: "^" }) };
}
