import ipaddr from "ipaddr.js";

const COLON = 0x3a;
const DOT = 0x2e;
const BRACKET = 0x5b;

/**
 * The name a request asks for, as hosts of the configuration are compared: lower case, without port
 * and one trailing dot; an IPv6 literal in brackets and in its canonical form (RFC 5952). `""` when
 * the request names none. Never fails: a name that nobody may have matches no host but the
 * catch-all.
 */
export function normaliseHost(hostHeader: string | undefined): string {
  if (hostHeader === undefined || hostHeader === "") return "";
  if (hostHeader.charCodeAt(0) === BRACKET) return normaliseLiteral(hostHeader);
  let end = hostHeader.length;
  let digits = end;
  while (digits > 0 && isDigit(hostHeader.charCodeAt(digits - 1))) digits -= 1;
  if (hostHeader.charCodeAt(digits - 1) === COLON) end = digits - 1;
  if (hostHeader.charCodeAt(end - 1) === DOT) end -= 1;
  return (end === hostHeader.length ? hostHeader : hostHeader.slice(0, end)).toLowerCase();
}

/**
 * No character that could make one reader see another host than the next one: RFC 3986, 3.2.2
 * without percent-encoding, and the underscore that real names have. Who names none names no port
 * (RFC 9110, 4.2.1).
 */
const PLAIN_HOST = /^(?:(?:[A-Za-z0-9._~!$&'()*+,;=-]+|\[[0-9A-Fa-f:.]+\])(?::\d*)?)?$/;

/**
 * Whether the server takes this for a host, with or without port. The answer to a request for any
 * other one is 400.
 */
export function isPlainHost(host: string): boolean {
  return PLAIN_HOST.test(host);
}

function normaliseLiteral(hostHeader: string): string {
  const end = hostHeader.indexOf("]");
  const address = end < 0 ? "" : hostHeader.slice(1, end);
  if (!/^(?::\d*)?\.?$/.test(hostHeader.slice(end + 1)) || !ipaddr.IPv6.isValid(address))
    return hostHeader.toLowerCase();
  return `[${ipaddr.IPv6.parse(address).toString()}]`;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
