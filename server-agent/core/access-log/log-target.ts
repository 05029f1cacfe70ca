/** Where the lines of an access log go, as its `to` says. */

export type LogTarget =
  | { readonly type: "file"; readonly path: string }
  | { readonly type: "stdout" }
  /** A socket of datagrams on this machine. */
  | { readonly type: "local-syslog"; readonly path: string }
  | { readonly type: "syslog"; readonly transport: "udp" | "tcp"; readonly host: string; readonly port: number };

/** RFC 5426, 3.3, and the port of syslog-conn (RFC 6587). */
const DEFAULT_PORTS = { udp: 514, tcp: 601 } as const;

const NETWORK = /^syslog(\+tcp)?:\/\/(\[[^\]]+\]|[^:]+)(?::(\d+))?$/;

/** @param to In the form that the contract asks for. */
export function parseLogTarget(to: string): LogTarget {
  if (to === "stdout") return { type: "stdout" };
  if (to.startsWith("syslog://unix:")) return { type: "local-syslog", path: to.slice("syslog://unix:".length) };
  const network = NETWORK.exec(to);
  if (network === null) return { type: "file", path: to };
  const transport = network[1] === undefined ? "udp" : "tcp";
  const host = (network[2] ?? "").replace(/^\[|\]$/g, "");
  return { type: "syslog", transport, host, port: Number(network[3] ?? DEFAULT_PORTS[transport]) };
}
