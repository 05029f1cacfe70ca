/**
 * The head of a response from its fields (RFC 9113, 8.2 and 8.3.2), read as strictly as that of
 * HTTP/1.1: visitors of both versions get it, so nothing in it may end a line.
 */
import { STATUS_CODES } from "node:http";
import { MalformedMessage } from "../http/malformed-message.ts";
import { classOf } from "../http/field-names.ts";
import { checkField, checkTrailers, MAX_FIELDS } from "../http2/request-fields.ts";
import { PassedFields } from "./passed-fields.ts";
import type { ResponseHead } from "./response-head.ts";

const STATUS = /^[1-9]\d\d$/;

/** @param list Name, value, name, value. @throws MalformedMessage */
export function readResponseFields(list: readonly string[]): ResponseHead {
  const [first, code = ""] = list;
  // What switches protocols is none here (RFC 9113, 8.6).
  if (first !== ":status" || !STATUS.test(code) || code === "101")
    throw new MalformedMessage("the response does not begin with a status");
  if (list.length > 2 * MAX_FIELDS) throw new MalformedMessage("too many response headers");
  const fields = new PassedFields();
  for (let at = 2; at < list.length; at += 2) {
    const name = list[at] ?? "";
    const value = list[at + 1] ?? "";
    checkField(name, value);
    const kind = fields.add(name, value);
    if (kind !== undefined && kind !== "hop-by-hop")
      throw new MalformedMessage(`the field ${name}, which HTTP/2 has not`);
  }
  const status = Number(code);
  return {
    status,
    reason: STATUS_CODES[status] ?? "",
    headers: fields.headers,
    contentLength: fields.contentLength,
    chunked: false,
    keepAlive: true,
    keepAliveSeconds: undefined,
    upgrade: undefined,
  };
}

/**
 * The fields behind a body that may be passed on (RFC 9110, 6.5.1).
 *
 * @throws MalformedMessage
 */
export function readTrailers(list: readonly string[]): string[] {
  checkTrailers(list);
  return list.filter((_, at) => classOf(list[at - (at % 2)] ?? "") === "end-to-end");
}
