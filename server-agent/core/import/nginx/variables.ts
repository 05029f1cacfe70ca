/** Addresses and values with variables of nginx, in the words that are known here. */

/** For `to` of a redirect or a rewrite; the query of the request is kept without saying so. */
const IN_ADDRESS: Readonly<Record<string, string>> = {
  host: "${host}",
  http_host: "${host}",
  request_uri: "${path}",
  uri: "${path}",
  document_uri: "${path}",
};

/** For values of header fields. */
const IN_VALUE: Readonly<Record<string, string>> = {
  host: "${host}",
  http_host: "${host}",
  remote_addr: "${client}",
  scheme: "${scheme}",
  remote_user: "${user}",
  query_string: "${query}",
  args: "${query}",
  document_uri: "${path}",
  uri: "${path}",
};

const VARIABLE = /\$\{?([A-Za-z_]\w*)\}?/g;

export interface AddressWords {
  /** What `$scheme` is; undefined where visitors come with and without TLS. */
  readonly scheme: "http" | "https" | undefined;
  readonly serverName: string | undefined;
}

/** Undefined where a variable is not known here. */
export function addressOf(text: string, { scheme, serverName }: AddressWords): string | undefined {
  // The query is kept without it, and a question mark would begin another one.
  const bare = text.replace(/(?:\$is_args|\?)\$(?:args|query_string)$/, "");
  // Without a scheme of its own, an address on the same host is a path.
  const own = scheme === undefined ? bare.replace(/^\$scheme:\/\/\$(?:http_)?host(?=[/$])/, "") : bare;
  return replaced(own, (name) => (name === "scheme" ? scheme : name === "server_name" ? serverName : IN_ADDRESS[name]));
}

/** Undefined where a variable is not known here. */
export function valueOf(text: string): string | undefined {
  return replaced(text, (name) => IN_VALUE[name]);
}

function replaced(text: string, wordFor: (name: string) => string | undefined): string | undefined {
  const names = [...text.matchAll(VARIABLE)].map(([, name = ""]) => name);
  if (names.some((name) => wordFor(name) === undefined)) return undefined;
  return text.replace(VARIABLE, (_whole, name: string) => wordFor(name) ?? "");
}

/**
 * nginx compares an expression with the path and puts the query behind what comes out; here it is
 * compared with both. So it takes the query along, as a group of its own.
 */
export function withQuery(regex: string, to: string): { regex: string; to: string } {
  if (/\.\*\)\$?$/.test(regex) || to.includes("?")) return { regex, to: to.replace(/\?$/, "") };
  const groups = regex.match(/(?<!\\)\((?!\?)/g)?.length ?? 0;
  const ended = regex.endsWith("$") && !regex.endsWith("\\$");
  const head = ended ? regex.slice(0, -1) : `${regex}[^?]*`;
  return groups >= 9 ? { regex, to } : { regex: `${head}(\\?.*)?$`, to: `${to}$${String(groups + 1)}` };
}

/** The same expression, for the path alone where it is compared with both. */
export function withoutQuery(regex: string): string {
  return regex.replace(/(?<!\\)\.(?=[*+])/g, "[^?]").replace(/(?<!\\)\$$/, "(?:\\?.*)?$");
}
