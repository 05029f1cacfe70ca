/** The sockets of a frontend on which visitors come. */
import type { SiteListener } from "../../contract/web-servers.ts";
import { type Line, textsOf } from "./lines.ts";
import type { Section } from "./sections.ts";

interface SkippedBind {
  readonly line: Line;
  readonly address: string;
  readonly why: string;
}

export interface Binds {
  readonly listeners: readonly SiteListener[];
  /** Files and folders, as written. */
  readonly certificates: readonly string[];
  readonly skipped: readonly SkippedBind[];
}

const MAX_PORTS = 20;

/** @param http2ByDefault Whether HTTPS has HTTP/2 where nothing is said (HAProxy 2.8 and later). */
export function bindsOf(section: Section, http2ByDefault: boolean): Binds {
  const listeners: SiteListener[] = [];
  const certificates: string[] = [];
  const skipped: SkippedBind[] = [];
  const expectsProxy = section.lines.some(
    (line) => line.words[0]?.text === "tcp-request" && line.words.some(({ text }) => text === "expect-proxy"),
  );
  for (const line of section.lines) {
    const [keyword, addresses = "", ...options] = textsOf(line);
    if (keyword !== "bind") continue;
    const value = (name: string) => options[options.indexOf(name) + 1] ?? "";
    const has = (name: string) => options.includes(name);
    const tls = has("ssl");
    if (tls && has("crt")) certificates.push(value("crt"));
    const way = {
      tls,
      http2: has("alpn")
        ? value("alpn").split(",").includes("h2")
        : has("proto")
          ? value("proto") === "h2"
          : tls && http2ByDefault,
      proxyProtocol: has("accept-proxy") || expectsProxy,
      clientCertificate: tls && value("verify") === "required" && has("verify"),
    };
    for (const address of addresses.split(",")) {
      const sockets = has("namespace") ? undefined : socketsOf(address);
      if (sockets === undefined)
        skipped.push({ line, address, why: "it is no address and port that the agent could ask" });
      else listeners.push(...sockets.map((socket) => ({ ...socket, ...way })));
    }
  }
  return { listeners, certificates, skipped };
}

/** `:80`, `*:80`, `10.0.0.1:80`, `[::]:443`, `:::443`, `ipv6@:443`, `:8000-8003`. */
function socketsOf(address: string): { address: string; port: number }[] | undefined {
  const family = /^ipv([46])@/.exec(address)?.[1];
  const plain = family === undefined ? address : address.slice(5);
  const found = /^(.*):(\d+)(?:-(\d+))?$/.exec(plain);
  if (found === null || /^(?:\/|[a-z0-9]+@)/i.test(plain)) return undefined;
  const [, host = "", first = "", last = first] = found;
  if (Number(last) - Number(first) >= MAX_PORTS || Number(first) === 0) return undefined;
  const bare = host.replace(/^\[|\]$/g, "");
  const isAll = bare === "" || bare === "*";
  if (!isAll && !/^(?:[0-9.]+|[0-9a-f:.]+)$/i.test(bare)) return undefined;
  const at = isAll ? (family === "6" ? "::" : "0.0.0.0") : bare.toLowerCase();
  return Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => ({
    address: at,
    port: Number(first) + index,
  }));
}
