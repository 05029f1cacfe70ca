/** Reads `listen`: where a server block accepts visitors (ngx_http_core_listen, ngx_parse_url). */
import ipaddr from "ipaddr.js";
import { type ServerBlock, ownValue } from "./include-tree.ts";

export interface Listen {
  readonly address: string;
  readonly port: number;
  readonly tls: boolean;
  readonly http2: boolean;
  readonly proxyProtocol: boolean;
  readonly defaultServer: boolean;
}

export interface SkippedListen {
  readonly file: string;
  readonly line: number;
  readonly code: string;
  readonly message: string;
}

const MAX_PORTS_OF_RANGE = 100;

/** All listeners of a block; what is not an address and a port of TCP comes with the reason. */
export function listensOf(block: ServerBlock): { listens: Listen[]; skipped: SkippedListen[] } {
  const listens: Listen[] = [];
  const skipped: SkippedListen[] = [];
  const oldTls = ownValue(block, "ssl")?.directive.args[0] === "on";
  const http2 = ownValue(block, "http2")?.directive.args[0] === "on";
  const all = block.body.filter(({ directive }) => directive.name === "listen");
  for (const { file, directive } of all) {
    const [target = "", ...options] = directive.args;
    const skip = (code: string, message: string) =>
      skipped.push({ file, line: directive.line, code, message: `\`listen ${target}\`: ${message}` });
    if (target.startsWith("unix:")) {
      skip("listen-unix", "the agent cannot ask on a Unix socket, so whether the site is closed there is not seen.");
      continue;
    }
    // HTTP/3, on UDP; the same site answers on TCP beside it.
    if (options.includes("quic")) continue;
    const where = readTarget(target);
    if (where === undefined) {
      skip("listen-name", "write an IP address: a name may stand for several, and the agent cannot tell which.");
      continue;
    }
    if (where.last - where.first >= MAX_PORTS_OF_RANGE) {
      skip("listen-range", `more than ${String(MAX_PORTS_OF_RANGE)} ports are not asked.`);
      continue;
    }
    for (let port = where.first; port <= where.last; port += 1)
      listens.push({
        address: where.address,
        port,
        tls: oldTls || options.includes("ssl"),
        http2: http2 || options.includes("http2"),
        proxyProtocol: options.includes("proxy_protocol"),
        defaultServer: options.includes("default_server") || options.includes("default"),
      });
  }
  if (all.length === 0)
    listens.push({ address: "0.0.0.0", port: 80, tls: oldTls, http2, proxyProtocol: false, defaultServer: false });
  return { listens, skipped };
}

interface Target {
  readonly address: string;
  readonly first: number;
  readonly last: number;
}

function readTarget(text: string): Target | undefined {
  const parts = /^(?:(\[[^\]]*\]|[^:]*?):)?(\d+)(?:-(\d+))?$/.exec(text) ?? /^(\[[^\]]*\]|[^:]+)$/.exec(text);
  if (parts === null) return undefined;
  const address = canonical(parts[1] ?? "*");
  const first = Number(parts[2] ?? 80);
  return address === undefined ? undefined : { address, first, last: Number(parts[3] ?? first) };
}

function canonical(address: string): string | undefined {
  if (address === "*" || address === "") return "0.0.0.0";
  if (address === "localhost") return "127.0.0.1";
  const bare = address.replace(/^\[(.*)\]$/, "$1");
  return ipaddr.isValid(bare) && (bare.includes(":") || ipaddr.IPv4.isValidFourPartDecimal(bare))
    ? ipaddr.parse(bare).toString()
    : undefined;
}
