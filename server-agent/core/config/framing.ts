/**
 * Header fields that frame the message or are about the connection (RFC 9112, 6 and 7.6.1 of RFC
 * 9110): the server alone knows them.
 */
const FRAMING: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** @param name In lower case. */
export function isFraming(name: string): boolean {
  // CGI and its like see `Content_Length` and `Content-Length` as the same variable.
  return FRAMING.has(name.replaceAll("_", "-"));
}
