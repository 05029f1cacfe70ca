/** Fields that both sides know from the start (RFC 7541, appendix A): name, value, name, value. */
export const STATIC_FIELDS: readonly string[] = [
  [":authority", "", ":method", "GET", ":method", "POST", ":path", "/", ":path", "/index.html"],
  [":scheme", "http", ":scheme", "https", ":status", "200", ":status", "204", ":status", "206"],
  [":status", "304", ":status", "400", ":status", "404", ":status", "500", "accept-charset", ""],
  ["accept-encoding", "gzip, deflate", "accept-language", "", "accept-ranges", "", "accept", ""],
  ["access-control-allow-origin", "", "age", "", "allow", "", "authorization", "", "cache-control", ""],
  ["content-disposition", "", "content-encoding", "", "content-language", "", "content-length", ""],
  ["content-location", "", "content-range", "", "content-type", "", "cookie", "", "date", "", "etag", ""],
  ["expect", "", "expires", "", "from", "", "host", "", "if-match", "", "if-modified-since", ""],
  ["if-none-match", "", "if-range", "", "if-unmodified-since", "", "last-modified", "", "link", ""],
  ["location", "", "max-forwards", "", "proxy-authenticate", "", "proxy-authorization", "", "range", ""],
  ["referer", "", "refresh", "", "retry-after", "", "server", "", "set-cookie", ""],
  ["strict-transport-security", "", "transfer-encoding", "", "user-agent", "", "vary", "", "via", ""],
  ["www-authenticate", ""],
].flat();

export const STATIC_COUNT = STATIC_FIELDS.length / 2;

const INDEX_OF_NAME = new Map<string, number>();
for (let index = STATIC_COUNT; index > 0; index--) INDEX_OF_NAME.set(STATIC_FIELDS[2 * index - 2] ?? "", index);

/** The first index of a name, in lower case; 0 for none. */
export function staticIndexOf(name: string): number {
  return INDEX_OF_NAME.get(name) ?? 0;
}

/** The index of this status with its value; 0 for none. */
export function staticIndexOfStatus(status: number): number {
  switch (status) {
    case 200:
      return 8;
    case 204:
      return 9;
    case 206:
      return 10;
    case 304:
      return 11;
    case 400:
      return 12;
    case 404:
      return 13;
    case 500:
      return 14;
    default:
      return 0;
  }
}
