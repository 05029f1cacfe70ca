/** Reads the addresses of a site block: `example.com`, `http://example.com:8080`, `:443`. */

export interface Address {
  readonly scheme: "http" | "https" | "";
  /** In lower case; empty for every name. */
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

const ADDRESS = /^(?:(https?):\/\/)?(\[[^\]]*\]|[^:/]*)(?::(\d+|https?))?(\/.*)?$/;

/** Undefined for what is none, such as one with a placeholder that is only known later. */
export function readAddress(text: string, ports: { httpPort: number; httpsPort: number }): Address | undefined {
  const parts = ADDRESS.exec(text);
  if (parts === null || text.includes("{")) return undefined;
  const [, scheme = "", host = "", port, path = ""] = parts;
  const standard = (name: string) => (name === "http" ? ports.httpPort : ports.httpsPort);
  const number = port === undefined ? standard(scheme) : /^\d+$/.test(port) ? Number(port) : standard(port);
  return {
    scheme: scheme === "http" || scheme === "https" ? scheme : "",
    host: host.replace(/^\[(.*)\]$/, "$1").toLowerCase(),
    port: number,
    path: path === "/" ? "" : path,
  };
}
