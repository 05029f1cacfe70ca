/** Values of header fields that hold parts of the request. */
import type { RequestFacts } from "../routing/request-facts.ts";

const PARTS = {
  host: ({ host }: RequestFacts) => host,
  path: ({ rawPath }: RequestFacts) => rawPath,
  query: ({ query }: RequestFacts) => query,
  client: ({ client }: RequestFacts) => client,
  scheme: ({ tls }: RequestFacts) => (tls ? "https" : "http"),
} as const;

type FieldPart = (facts: RequestFacts) => string;

/** Names that a value may have, as in `${host}`. */
export const FIELD_PARTS: readonly string[] = Object.keys(PARTS);

const PLACEHOLDER = /\$\{([^}]*)\}/g;

/** The first name in a value that is not known. */
export function unknownPart(value: string): string | undefined {
  for (const [, name = ""] of value.matchAll(PLACEHOLDER)) if (!FIELD_PARTS.includes(name)) return name;
  return undefined;
}

/** All parts are of ASCII without controls, as the head of a request has been checked for it. */
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
  return (facts) => pieces.map((piece) => (typeof piece === "string" ? piece : piece(facts))).join("");
}

function isPart(name: string | undefined): name is keyof typeof PARTS {
  return name !== undefined && Object.hasOwn(PARTS, name);
}
