/** `proxy_pass` and its like, and the `upstream` blocks that they name. */
import type { Target, Upstream } from "../../../contract/upstream.ts";
import { parseTarget } from "../../config/upstream-target.ts";
import type { Draft } from "../document/draft.ts";
import type { Entry } from "../document/report.ts";
import type { Level, Statement } from "../document/statements.ts";
import { secondsOf } from "./settings.ts";

type Scheme = "http" | "https" | "h2c" | "h2" | "fcgi" | "scgi" | "uwsgi";

/** Of targets that say none. */
const SCHEMES: Readonly<Record<string, Scheme>> = {
  grpc_pass: "h2c",
  fastcgi_pass: "fcgi",
  scgi_pass: "scgi",
  uwsgi_pass: "uwsgi",
};
/** Schemes that are called otherwise here. */
const RENAMED: Readonly<Record<string, Scheme>> = { grpc: "h2c", grpcs: "h2" };

export interface Pass {
  /** Name of the upstream. */
  readonly upstream: string;
  /** The target is the name of an `upstream` block. */
  readonly isNamed: boolean;
  /** What an address has behind its target: it replaces the path of the location. */
  readonly path: string;
}

/**
 * @param blocks `upstream` blocks by their name.
 * @returns why not, in words, where it cannot be said.
 */
export function passTo(
  pass: Statement,
  level: Level,
  blocks: ReadonlyMap<string, Statement>,
  draft: Draft,
): Pass | string {
  const [written = ""] = pass.args;
  if (written.includes("$")) return "its target has a variable; name the upstream";
  const own = SCHEMES[pass.name];
  const [, said = own, rest = ""] = /^(?:(https?|grpcs?|suwsgi|uwsgi):\/\/)?(.*)$/s.exec(written) ?? [];
  const scheme = RENAMED[said ?? ""] ?? said;
  const module = pass.name.replace("_pass", "");
  if (scheme === undefined) return "its target has no scheme that is known here";
  const [, place = "", path = ""] =
    (rest.startsWith("unix:") ? /^(unix:[^:]*):?(.*)$/ : /^([^/]*)(.*)$/).exec(rest) ?? [];
  const block = blocks.get(place);
  const { targets, balance, keepAlive, entries }: Balanced =
    block === undefined
      ? { targets: [{ url: `${scheme}://${place}` }], balance: undefined, keepAlive: undefined, entries: [pass.entry] }
      : targetsOf(block, scheme as Scheme);
  const usable = targets.filter(({ url }) => parseTarget(url) !== undefined);
  if (usable.length === 0) return "it names no target";
  const upstream: Upstream = {
    // A target without options is its address.
    targets: usable.map((target) => (Object.keys(target).length === 1 ? target.url : target)),
    ...(balance === undefined ? {} : { balance }),
    ...timeouts(level, module),
    ...(scheme === "https" || scheme === "h2" ? { tls: tlsOf(level, module) } : {}),
    ...(keepAlive === undefined ? {} : { keepAlive }),
  };
  const name = place.replace(/^unix:.*\//, "").replace(/:\d+$/, "");
  return { upstream: draft.upstream(name, upstream, entries), isNamed: block !== undefined, path };
}

interface Balanced {
  readonly targets: Target[];
  readonly balance: Upstream["balance"];
  readonly keepAlive: number | undefined;
  readonly entries: Entry[];
}

function targetsOf(block: Statement, scheme: Scheme): Balanced {
  const targets: Target[] = [];
  let keepAlive: number | undefined;
  let balance: Upstream["balance"];
  block.entry.carried("`upstreams`");
  for (const { name, args, entry } of block.body ?? []) {
    const [first = "", ...options] = args;
    if (name === "server" && options.includes("down")) entry.left("it is marked `down`");
    else if (name === "server") {
      const weight = Number(options.find((option) => option.startsWith("weight="))?.slice("weight=".length) ?? "1");
      const isBackup = options.includes("backup");
      targets.push({
        url: `${scheme}://${first}`,
        ...(weight === 1 ? {} : { weight: Math.min(weight, 100) }),
        ...(isBackup ? { backup: true } : {}),
      });
      if (options.some((option) => /^(?:max_conns|max_fails|fail_timeout|slow_start)=/.test(option)))
        entry.changed("a target; its failure thresholds are in `passiveHealthCheck` of the upstream");
      else entry.carried("a target");
    } else if (name === "keepalive") {
      keepAlive = Math.min(Number(first) || 0, 10_000);
      entry.carried("`keepAlive`");
    } else {
      const found = balanceOf(name, first);
      balance ??= found;
      if (found === undefined) entry.left("this load balancing method is not supported; see `balance` of the upstream");
      else entry.carried("`balance`");
    }
  }
  return { targets, balance, keepAlive, entries: [block.entry] };
}

function balanceOf(name: string, key: string): Upstream["balance"] {
  if (name === "least_conn") return "leastConnections";
  if (name === "ip_hash" || (name === "hash" && /^\$(?:binary_)?remote_addr$/.test(key))) return { hash: "client" };
  if (name === "hash" && /^\$(?:request_)?uri$/.test(key)) return { hash: "path" };
  const [, kind, named = ""] = (name === "hash" ? /^\$(cookie|http)_(\w+)$/.exec(key) : null) ?? [];
  if (kind === undefined) return undefined;
  return { hash: kind === "cookie" ? { cookie: named } : { header: named.replaceAll("_", "-") } };
}

const MAX_SECONDS = 86_400;

function timeouts(level: Level, module: string): Partial<Upstream> {
  const seconds = (name: string): number | undefined => {
    const statement = level.last(`${module}_${name}`);
    const value = statement === undefined ? undefined : secondsOf(statement.args.join(" "));
    if (value === undefined || value <= 0) return undefined;
    statement?.entry.carried("a limit of the upstream");
    return Math.min(value, MAX_SECONDS);
  };
  const connect = seconds("connect_timeout");
  const read = seconds("read_timeout");
  return {
    ...(connect === undefined ? {} : { connectTimeout: connect }),
    ...(read === undefined ? {} : { responseTimeout: read, idleTimeout: read }),
  };
}

/** nginx looks at no certificate unless it is told to. */
function tlsOf(level: Level, module: string): NonNullable<Upstream["tls"]> {
  const file = (name: string) => (level.text(name).startsWith("/") ? level.text(name) : undefined);
  for (const name of ["verify", "trusted_certificate", "name", "certificate", "certificate_key", "server_name"])
    level.last(`${module}_ssl_${name}`)?.entry.carried("`tls` of the upstream");
  const ca = file(`${module}_ssl_trusted_certificate`);
  const certificate = file(`${module}_ssl_certificate`);
  const key = file(`${module}_ssl_certificate_key`);
  const serverName = level.text(`${module}_ssl_name`);
  return {
    ...(level.text(`${module}_ssl_verify`) === "on" ? (ca === undefined ? {} : { ca }) : { verify: false }),
    ...(/^[A-Za-z0-9_][\w.-]*$/.test(serverName) ? { serverName } : {}),
    ...(certificate !== undefined && key !== undefined ? { certificate, key } : {}),
  };
}
