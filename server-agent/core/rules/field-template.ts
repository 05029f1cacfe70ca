/** Values of header fields that hold parts of the request. */
import type { RequestFacts } from "../routing/request-facts.ts";

export interface FieldSource {
  /** The request as the visitor sent it, before rewrites. */
  readonly asked: RequestFacts;
  /** Name of who has logged in, as UTF-8 with one character per byte. */
  readonly user: string | undefined;
}

type FieldPart = (source: FieldSource) => string;

const PARTS = {
  host: ({ asked }) => asked.host,
  path: ({ asked }) => asked.rawPath,
  query: ({ asked }) => asked.query,
  client: ({ asked }) => asked.client,
  country: ({ asked }) => asked.geo.country ?? "",
  scheme: ({ asked }) => (asked.tls ? "https" : "http"),
  // eslint-disable-next-line no-control-regex -- a name in a file may have them, a field may not
  user: ({ user = "" }) => user.replace(/[\0-\x1f\x7f]/g, ""),
} satisfies Readonly<Record<string, FieldPart>>;

/** Names that a value may have, as in `${host}`. */
export const FIELD_PARTS: readonly string[] = Object.keys(PARTS);

const PLACEHOLDER = /\$\{([^}]*)\}/g;

/** The first name in a value that is not known. */
export function unknownPart(value: string): string | undefined {
  for (const [, name = ""] of value.matchAll(PLACEHOLDER)) if (!FIELD_PARTS.includes(name)) return name;
  return undefined;
}

/** All parts are without controls, as the head of a request has been checked for it. */
export function compileFieldValue(value: string): FieldPart {
  if (!value.includes("${")) return () => value;
  const pieces: (string | FieldPart)[] = [];
  let from = 0;
  for (const match of value.matchAll(PLACEHOLDER)) {
    pieces.push(value.slice(from, match.index));
    if (isPart(match[1])) pieces.push(PARTS[match[1]]);
    from = match.index + match[0].length;
  }
  pieces.push(value.slice(from));
  return (source) => pieces.map((piece) => (typeof piece === "string" ? piece : piece(source))).join("");
}

function isPart(name: string | undefined): name is keyof typeof PARTS {
  return name !== undefined && Object.hasOwn(PARTS, name);
}
