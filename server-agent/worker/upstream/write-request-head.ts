/** The head of a request to an upstream as text (RFC 9112, 3), one character per byte. */
import { classOf, connectionOptions, mayBeSpecial } from "../http/field-names.ts";

/** Name of this program in `Via`. */
const PSEUDONYM = "backsoon";
/** A request that has passed through more agents than this goes round in circles. */
const MAX_HOPS = 5;

/** @param via Value of the request's `Via`. */
export function isLoop(via: string | undefined): boolean {
  return via !== undefined && (via.match(/(?:^|[\s,])\S+ backsoon(?=\s*(?:,|\(|$))/g)?.length ?? 0) >= MAX_HOPS;
}

export interface RequestHead {
  readonly method: string;
  /** HTTP version that the visitor spoke. */
  readonly version: string;
  /** Request target in origin form, or `*`. */
  readonly target: string;
  readonly host: string;
  /** As the visitor sent them: name, value, name, value. */
  readonly rawHeaders: readonly string[];
  /** Value of the visitor's `Connection`. */
  readonly connection: string | undefined;
  /**
   * The peer is a trusted proxy: what it says about the visitor in other headers than those in
   * `forwarded` is passed on.
   */
  readonly peerTrusted: boolean;
  /** Complete header lines that the rules of the site add. */
  readonly added: string;
  /** Complete header lines that say who the visitor is. */
  readonly forwarded: string;
  /** `Via` as it came (RFC 9110, 7.6.3). */
  readonly via: string | undefined;
  /** Complete header lines for framing, `Expect`, or an upgrade. */
  readonly framing: string;
}

/**
 * Hop-by-hop headers and claims about the visitor are left out; everything else is passed on in its
 * order and spelling.
 */
export function writeRequestHead(head: RequestHead): string {
  const { rawHeaders, peerTrusted } = head;
  const options = connectionOptions(head.connection);
  let text = `${head.method} ${head.target} HTTP/1.1\r\nHost: ${head.host}\r\n`;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    if (mayBeSpecial(name)) {
      const kind = classOf(name);
      if (kind !== "end-to-end" && !(kind === "forwarding" && peerTrusted && !isRewritten(name))) continue;
    }
    if (name.length === 3 && name.toLowerCase() === "via") continue;
    if (options?.has(name.toLowerCase()) === true) continue;
    text += `${name}: ${rawHeaders[index + 1] ?? ""}\r\n`;
  }
  const via = `${head.via === undefined ? "" : `${head.via}, `}${head.version} ${PSEUDONYM}`;
  return `${text}${head.added}${head.forwarded}Via: ${via}\r\n${head.framing}\r\n`;
}

function isRewritten(name: string): boolean {
  switch (name.toLowerCase().replaceAll("_", "-")) {
    case "x-forwarded-for":
    case "x-forwarded-host":
    case "x-forwarded-proto":
    case "x-forwarded-prefix":
    case "forwarded":
      return true;
    default:
      return false;
  }
}

/**
 * The target as it is sent to the upstream: the absolute form, which clients of a proxy use,
 * becomes the origin form (RFC 9112, 3.2).
 *
 * @returns The authority too, where the target names one: it outweighs the Host header.
 */
export function originForm(url: string): { target: string; authority: string | undefined } {
  if (url.startsWith("/") || url === "*") return { target: url, authority: undefined };
  const match = /^https?:\/\/([^/?#]*)([^#]*)/i.exec(url);
  if (match === null) return { target: url, authority: undefined };
  const [, authority = "", rest = ""] = match;
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  return { target: rest.startsWith("/") ? rest : `/${rest}`, authority: host === "" ? undefined : host };
}
