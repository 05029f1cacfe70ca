/** Lists of names whose order means nothing; `caddy adapt` prints them in any. */
const SETS: ReadonlySet<string> = new Set(["host", "skip", "skip_certificates", "sni", "subjects"]);

/** A configuration of Caddy in which such lists are sorted, so that two can be compared. */
export function withoutOrder(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) {
    const items: unknown[] = value.map((item) => withoutOrder(item));
    return SETS.has(key) ? items.sort((a, b) => (String(a) < String(b) ? -1 : 1)) : items;
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutOrder(inner, name)]));
}
