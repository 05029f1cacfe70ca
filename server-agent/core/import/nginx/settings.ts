/** What a location does besides answering: header fields, compression, caching, limits. */
import type { HeaderOperations, RuleSettings } from "../../../contract/rules/rule.ts";
import type { Entry } from "../document/report.ts";
import type { Level, Statement } from "../document/statements.ts";
import { valueOf } from "./variables.ts";

export function settingsOf(level: Level): Omit<RuleSettings, "auth"> {
  const headers = responseHeadersOf(level);
  const gzip = level.last("gzip");
  gzip?.entry.carried(gzip.args[0] === "on" ? "`compress`" : "no `compress`");
  const cacheControl = expiresOf(level.last("expires"));
  const limit = rateLimitOf(level);
  const body = level.last("client_max_body_size");
  const maxBodyBytes = body === undefined ? undefined : bytesOf(body.args[0] ?? "");
  body?.entry.carried("`maxBodyBytes` where an application answers");
  const rate = level.last("limit_rate");
  const bytesPerSecond = rate === undefined ? undefined : bytesOf(rate.args[0] ?? "");
  if (bytesPerSecond !== undefined && bytesPerSecond > 0) rate?.entry.carried("`bytesPerSecond`");
  return {
    ...(headers === undefined ? {} : { responseHeaders: headers }),
    ...(gzip?.args[0] === "on" ? { compress: true } : {}),
    ...(cacheControl === undefined ? {} : { cacheControl }),
    ...(limit === undefined ? {} : { rateLimit: limit }),
    ...(maxBodyBytes === undefined || maxBodyBytes === 0 ? {} : { maxBodyBytes }),
    ...(bytesPerSecond === undefined || bytesPerSecond === 0
      ? {}
      : { bytesPerSecond: Math.max(bytesPerSecond, MIN_RATE) }),
  };
}

/** The slowest that the agent sends. */
const MIN_RATE = 1024;

const SIZES: Readonly<Record<string, number>> = { "": 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

function bytesOf(text: string): number | undefined {
  const [, digits, unit = ""] = /^(\d+)([kmg]?)$/i.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * (SIZES[unit.toLowerCase()] ?? 1);
}

const SECONDS: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  M: 2_592_000,
  y: 31_536_000,
};

/** `1h 30m` in seconds; a number alone is seconds. */
export function secondsOf(text: string): number | undefined {
  if (!/^(?:\d+(?:ms|[smhdwMy])?\s*)+$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, count = "0", unit = "s"] of text.matchAll(/(\d+)(ms|[smhdwMy])?/g))
    seconds += Number(count) * (SECONDS[unit] ?? 1);
  return seconds;
}

function responseHeadersOf(level: Level): HeaderOperations | undefined {
  const add: Record<string, string[]> = {};
  for (const { args, entry } of level.nearest("add_header")) {
    const [name = "", value = "", always] = args;
    const made = valueOf(value);
    if (/^alt-svc$/i.test(name) && /\bh3/.test(value)) entry.left("the agent does not speak HTTP/3");
    else if (made === undefined) entry.left("its value has a variable that is not supported");
    else {
      (add[name] ??= []).push(made);
      if (always === "always") entry.carried("`responseHeaders`");
      else entry.changed("`responseHeaders`, on errors too");
    }
  }
  const remove = level
    .nearest("proxy_hide_header", "fastcgi_hide_header", "grpc_hide_header")
    .map(({ args, entry }) => {
      entry.carried("`responseHeaders`");
      return args[0] ?? "";
    });
  if (Object.keys(add).length === 0 && remove.length === 0) return undefined;
  return { ...(Object.keys(add).length === 0 ? {} : { add }), ...(remove.length === 0 ? {} : { remove }) };
}

function expiresOf(statement: Statement | undefined): string | undefined {
  const [when = ""] = statement?.args ?? [];
  if (statement === undefined || when === "off") {
    statement?.entry.carried("nothing, as in nginx");
    return undefined;
  }
  const seconds = secondsOf(when);
  const made =
    when === "max"
      ? "max-age=315360000"
      : when === "epoch" || when.startsWith("-")
        ? "no-cache"
        : seconds === undefined
          ? undefined
          : `max-age=${String(Math.floor(seconds))}`;
  if (made === undefined) statement.entry.left("only a duration is supported");
  else statement.entry.carried("`cacheControl`");
  return made;
}

function rateLimitOf(level: Level): RuleSettings["rateLimit"] {
  const limits = level.nearest("limit_req");
  const [limit] = limits;
  if (limit === undefined) return undefined;
  for (const { entry } of limits.slice(1)) entry.left("a rule has one `rateLimit`");
  const option = (name: string) => limit.args.find((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1);
  const zone = level
    .nearest("limit_req_zone")
    .find(({ args }) => args.some((arg) => arg.startsWith(`zone=${option("zone") ?? ""}:`)));
  const rate = /^rate=(\d+)r\/([sm])$/.exec(zone?.args.find((arg) => arg.startsWith("rate=")) ?? "");
  if (zone === undefined || rate === null || !/^\$(?:binary_)?remote_addr$/.test(zone.args[0] ?? "")) {
    const say = (entry: Entry) => {
      entry.left("`rateLimit` counts by client address only");
    };
    say(limit.entry);
    if (zone !== undefined) say(zone.entry);
    return undefined;
  }
  zone.entry.carried("`rateLimit`");
  const isSame = limit.args.includes("nodelay") && level.text("limit_req_status") === "429";
  if (isSame) limit.entry.carried("`rateLimit`");
  else limit.entry.changed("`rateLimit`: excess requests get 429 and are not delayed");
  const requests = Number(rate[1]);
  const burst = Number(option("burst") ?? "0") + 1;
  return { requests, ...(rate[2] === "m" ? { seconds: 60 } : {}), burst };
}

/** What `proxy_set_header` says: header fields, and whether the visitor's `Host` is sent. */
export function requestHeadersOf(
  level: Level,
  module: "proxy" | "grpc",
): { operations: HeaderOperations | undefined; preserveHost: boolean } {
  const set: Record<string, string> = {};
  const remove: string[] = [];
  let preserveHost = false;
  for (const { args, entry } of level.nearest(`${module}_set_header`)) {
    const [name = "", value = ""] = args;
    const lower = name.toLowerCase();
    if (lower === "host") {
      preserveHost = /^\$(?:http_)?host$/.test(value);
      if (preserveHost || value === "$proxy_host") entry.carried("`preserveHost`");
      else entry.changed("`preserveHost`: the target's own name is sent");
    } else if (/^(?:upgrade|connection|x-forwarded-(?:for|proto|host|prefix)|forwarded|via|te)$/.test(lower))
      entry.carried("the handler `proxy`, which sends it by itself");
    else if (value === "") {
      remove.push(name);
      entry.carried("`requestHeaders`");
    } else {
      const made = valueOf(value);
      if (value === `$http_${lower.replaceAll("-", "_")}`) entry.carried("nothing: visitors send it themselves");
      else if (made === undefined) {
        // Or a visitor could say of himself what nginx says of him.
        remove.push(name);
        entry.changed("`requestHeaders`: it is removed, as its value has a variable that is not supported");
      } else {
        set[name] = made;
        entry.carried("`requestHeaders`");
      }
    }
  }
  const operations = {
    ...(Object.keys(set).length === 0 ? {} : { set }),
    ...(remove.length === 0 ? {} : { remove }),
  };
  return { operations: Object.keys(operations).length === 0 ? undefined : operations, preserveHost };
}
