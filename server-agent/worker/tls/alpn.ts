/**
 * Which protocols are offered to a visitor who speaks TLS (ALPN, RFC 7301), best first. A visitor
 * who knows none of them is refused; one who asks for none gets HTTP/1.1.
 */
export function offeredProtocols(): readonly string[] {
  return ["http/1.1"];
}
