/**
 * Which protocols are offered to a visitor who speaks TLS (ALPN, RFC 7301), best first. A visitor
 * who knows none of them is refused; one who asks for none gets HTTP/1.1.
 */
export function offeredProtocols(hasHttp2: boolean): readonly string[] {
  return hasHttp2 ? [HTTP2, "http/1.1"] : ["http/1.1"];
}

export function isHttp2(agreed: string | false | null): boolean {
  return agreed === HTTP2;
}

const HTTP2 = "h2";
