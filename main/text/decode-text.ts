/** Bytes of a file as text, by the mark at its beginning (Unicode 23.8), or as UTF-8. Pure. */
export function decodeText(bytes: Uint8Array): string {
  const mark = `${bytes[0] ?? 0},${bytes[1] ?? 0}`;
  const encoding = mark === "255,254" ? "utf-16le" : mark === "254,255" ? "utf-16be" : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}
