/** The head of a request to an upstream in HTTP/2, from that of HTTP/1.1 (RFC 9113, 8.3.1). */
import { encodeFields, TE_TRAILERS } from "../http2/field-encoder.ts";

/**
 * Compressed fields, one character per byte. What an upstream gets is decided once, for the text of
 * HTTP/1.1 (`write-request-head.ts`); here it is only written otherwise.
 *
 * @param text The head in HTTP/1.1, which begins with the lines of the request and of `Host`.
 * @param takesTrailers The visitor does (RFC 9110, 10.1.4).
 */
export function http2Head(text: string, scheme: "http" | "https", takesTrailers: boolean): string {
  const [requestLine = "", ...lines] = text.slice(0, -4).split("\r\n");
  const [method = "", path = ""] = requestLine.split(" ");
  const fields = [":method", method, ":scheme", scheme, ":authority", "", ":path", path];
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon);
    const value = line.slice(colon + 2);
    if (name === "Host" && fields[5] === "") fields[5] = value;
    else fields.push(name, value);
  }
  return encodeFields(fields).toString("latin1") + (takesTrailers ? TE_TRAILERS.toString("latin1") : "");
}
