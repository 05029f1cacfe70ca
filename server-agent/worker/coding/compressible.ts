/** Media types by whether they are worth compressing. Names are in lower case. */

const TEXT_LIKE =
  /^(?:text\/|application\/(?:javascript|ecmascript|json|xml|xhtml\+xml|manifest\+json|toml|yaml|graphql|rtf|x-sh|sql)$)|\+(?:json|xml|text)$/;
const BINARY_BUT_LOOSE =
  /^(?:font\/(?:ttf|otf|collection)|image\/(?:bmp|vnd\.microsoft\.icon|x-icon)|application\/(?:wasm|vnd\.ms-fontobject))$/;

export function isText(name: string): boolean {
  return TEXT_LIKE.test(name);
}

/** Text and text-like formats, not what is packed already. */
export function isCompressible(name: string): boolean {
  return TEXT_LIKE.test(name) || BINARY_BUT_LOOSE.test(name);
}
