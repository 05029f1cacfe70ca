/** Jump hosts as they are written in `ProxyJump` and in the older `ProxyCommand ssh -W`. */
import { splitWords } from "./ssh-config-lines.ts";

/** A place to go through. `host` may be an alias of the configuration and is resolved like one. */
export interface Hop {
  host: string;
  user?: string;
  port?: number;
}

function hopOf(host: string, user: string | undefined, port: number | undefined): Hop {
  return {
    host,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
  };
}

/** A port of TCP, 1 to 65535; `undefined` when the text is none. */
export function parsePort(text: string): number | undefined {
  const port = /^ ?\+?\d+$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
}

/**
 * `host`, `user@host`, `host:2222`, `[2001:db8::1]:22` or `ssh://user@host:22`; `undefined` when it
 * is none of them.
 */
export function parseHop(text: string): Hop | undefined {
  const uri = /^ssh:\/\/([^/]*)\/?$/i.exec(text);
  if (uri === null && /^ssh:\/\//i.test(text)) return undefined;
  const place = uri?.[1] ?? text;
  const at = place.lastIndexOf("@");
  const [, bracketed, bare, portText = ""] =
    /^(?:\[([^[\]]+)\]|([^[\]:/@]+))(?::(.*))?$/.exec(place.slice(at + 1)) ?? [];
  const host = bracketed ?? bare;
  // A dash would make it an option, and no host name has spaces or control characters.
  if (host === undefined || host.startsWith("-") || /[\s\p{Cc}]/u.test(host)) return undefined;
  const port = parsePort(portText);
  if (portText !== "" && port === undefined) return undefined;
  if (at < 0) return hopOf(host, undefined, port);
  const user = uri === null ? place.slice(0, at) : userOfUri(place.slice(0, at));
  return user === undefined || user === "" ? undefined : hopOf(host, user, port);
}

/** What follows `;` are parameters that ssh reads over as well. */
function userOfUri(text: string): string | undefined {
  try {
    return decodeURIComponent(text.split(";", 1)[0] ?? "");
  } catch {
    return undefined;
  }
}

/**
 * The hops of a `ProxyJump` value in the order of travel; empty for `none`, `undefined` when one of
 * them cannot be read.
 */
export function parseJumps(value: string): Hop[] | undefined {
  if (value.toLowerCase() === "none") return [];
  const hops = value.split(",").map(parseHop);
  return hops.every((hop) => hop !== undefined) ? hops : undefined;
}

/** Options of ssh that change nothing for a tunnel through it. */
const HARMLESS = /^-[46aCkKNnqTtvx]+$/;

/**
 * The hops of a `ProxyCommand` that does nothing but `ssh -W %h:%p jump`, with `-p`, `-l` and `-J`;
 * `undefined` for any other command. A key or an option for the jump alone (`-i`, `-o`, `-F`) is
 * not understood: it would be lost.
 */
export function jumpsOfCommand(command: string): Hop[] | undefined {
  const [program = "", ...args] = splitWords(command) ?? [];
  if (!/(?:^|[/\\])ssh(?:\.exe)?$/i.test(program)) return undefined;
  const given = new Map<string, string>();
  let place: string | undefined;
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? "";
    const option = /^-([WplJ])(.*)$/.exec(arg);
    if (option !== null) {
      const [, name = "", attached = ""] = option;
      if (attached === "") at += 1;
      const value = attached === "" ? args[at] : attached;
      if (value === undefined || given.has(name)) return undefined;
      given.set(name, value);
    } else if (!HARMLESS.test(arg)) {
      if (arg.startsWith("-") || place !== undefined) return undefined;
      place = arg;
    }
  }
  const last = place === undefined ? undefined : parseHop(place);
  const before = parseJumps(given.get("J") ?? "none");
  const port = given.get("p");
  if (last === undefined || before === undefined || !["%h:%p", "[%h]:%p"].includes(given.get("W") ?? ""))
    return undefined;
  // On a command line `ssh` takes a bare `host:22` for a name; nobody means that, and `parseHop`
  // reads it as a port.
  const portOfHop = port === undefined ? last.port : parsePort(port);
  return port !== undefined && portOfHop === undefined
    ? undefined
    : [...before, hopOf(last.host, given.get("l") ?? last.user, portOfHop)];
}
