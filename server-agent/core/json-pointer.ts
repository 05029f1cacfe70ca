/** JSON Pointer (RFC 6901): how problems and changes name a place in a document. */

/** Pointer of the child `key` of the value at `path`; `""` is the whole document. */
export function childPointer(path: string, key: PropertyKey): string {
  return `${path}/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** Pointer of the value that is reached by these keys and indices. */
export function pointerOf(segments: readonly PropertyKey[]): string {
  return segments.reduce<string>(childPointer, "");
}
