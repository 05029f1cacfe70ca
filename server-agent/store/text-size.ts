const sizes = new WeakMap<object, number>();

/**
 * Characters of JSON, computed once for each object: those that are asked for are never altered.
 */
export function textSize(value: object): number {
  const known = sizes.get(value) ?? JSON.stringify(value).length;
  sizes.set(value, known);
  return known;
}
