/** What was refused before it became a request of a virtual host. */
export const REFUSAL_REASONS = [
  /** 400, or a stream of HTTP/2 that is reset. */
  "malformed",
  /** 408: the head did not come in time. */
  "slow-head",
  /** 414 */
  "long-target",
  /** 431 */
  "large-head",
  /** 405: CONNECT. */
  "method",
  /** 501 */
  "unsupported",
  /** More streams of HTTP/2 at once than are allowed. */
  "too-many-streams",
  /** The connection broke the rules of HTTP/2. */
  "protocol",
  /** The same, by too much of what costs its sender nothing. */
  "flood",
  /** No TLS came about. */
  "handshake",
  /** A trusted proxy told nonsense of its visitor. */
  "proxy-header",
  /** Neither of both came in time. */
  "slow-handshake",
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

export interface Refusal {
  readonly reason: RefusalReason;
  /** The status that was sent; 400 where none could be. */
  readonly status: number;
  /** What came first, as far as it came, for the log: one character per byte. */
  readonly line?: string;
}

/** More of what came tells nobody more (bytes). */
const MAX_LINE_BYTES = 1024;

/** The first line of what came. */
export function firstLine(bytes: Buffer): string {
  const end = bytes.indexOf("\n");
  const text = bytes.toString("latin1", 0, Math.min(end < 0 ? bytes.length : end, MAX_LINE_BYTES));
  return text.endsWith("\r") ? text.slice(0, -1) : text;
}
