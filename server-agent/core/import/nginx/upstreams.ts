/** `proxy_pass` and its like, and the `upstream` blocks that they name. */
import type { Upstream } from "../../../contract/upstream.ts";
import { parseTarget } from "../../config/upstream-target.ts";
import type { Draft } from "../document/draft.ts";
import type { Entry } from "../document/report.ts";
import type { Level, Statement } from "../document/statements.ts";
import { secondsOf } from "./settings.ts";

type Scheme = "http" | "https" | "fcgi" | "scgi" | "uwsgi";

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
  const own: Scheme | undefined = { fastcgi_pass: "fcgi", scgi_pass: "scgi", uwsgi_pass: "uwsgi" }[pass.name] as
    Scheme | undefined;
  const [, scheme = own, rest = ""] = /^(?:(https?|suwsgi|uwsgi):\/\/)?(.*)$/s.exec(written) ?? [];
  if (scheme === undefined) return "its target has no scheme that is known here";
  const [, place = "", path = ""] =
    (rest.startsWith("unix:") ? /^(unix:[^:]*):?(.*)$/ : /^([^/]*)(.*)$/).exec(rest) ?? [];
  const block = blocks.get(place);
  const { targets, keepAlive, entries } =
    block === undefined
      ? { targets: [`${scheme}://${place}`], keepAlive: undefined, entries: [pass.entry] }
      : targetsOf(block, scheme as Scheme);
  const usable = targets.filter((target) => parseTarget(target) !== undefined);
  if (usable.length === 0) return "it names no target";
  const upstream: Upstream = {
    targets: usable,
    ...timeouts(level, own === "fcgi" ? "fastcgi" : (own ?? "proxy")),
    ...(scheme === "https" ? { tls: tlsOf(level) } : {}),
    ...(keepAlive === undefined ? {} : { keepAlive }),
  };
  const name = place.replace(/^unix:.*\//, "").replace(/:\d+$/, "");
  return { upstream: draft.upstream(name, upstream, entries), isNamed: block !== undefined, path };
}

function targetsOf(
  block: Statement,
  scheme: Scheme,
): { targets: string[]; keepAlive: number | undefined; entries: Entry[] } {
  const targets: string[] = [];
  let keepAlive: number | undefined;
  block.entry.carried("`upstreams`");
  for (const { name, args, entry } of block.body ?? []) {
    const [first = "", ...options] = args;
    if (name === "server" && (options.includes("down") || options.includes("backup")))
      entry.left("all targets are used in turn; one that is `down` or a `backup` is left out");
    else if (name === "server") {
      targets.push(`${scheme}://${first}`);
      if (options.some((option) => /^(?:weight|max_conns|resolve)\b/.test(option)))
        entry.changed("a target; all are used in turn (round robin)");
      else entry.carried("a target");
    } else if (name === "keepalive") {
      keepAlive = Math.min(Number(first) || 0, 10_000);
      entry.carried("`keepAlive`");
    } else entry.left("targets are used in turn (round robin)");
  }
  return { targets, keepAlive, entries: [block.entry] };
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
function tlsOf(level: Level): NonNullable<Upstream["tls"]> {
  const file = (name: string) => (level.text(name).startsWith("/") ? level.text(name) : undefined);
  for (const name of ["verify", "trusted_certificate", "name", "certificate", "certificate_key", "server_name"])
    level.last(`proxy_ssl_${name}`)?.entry.carried("`tls` of the upstream");
  const ca = file("proxy_ssl_trusted_certificate");
  const certificate = file("proxy_ssl_certificate");
  const key = file("proxy_ssl_certificate_key");
  const serverName = level.text("proxy_ssl_name");
  return {
    ...(level.text("proxy_ssl_verify") === "on" ? (ca === undefined ? {} : { ca }) : { verify: false }),
    ...(/^[A-Za-z0-9_][\w.-]*$/.test(serverName) ? { serverName } : {}),
    ...(certificate !== undefined && key !== undefined ? { certificate, key } : {}),
  };
}
