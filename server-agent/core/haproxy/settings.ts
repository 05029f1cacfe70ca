/** What `global` says that the agent has to know. */
import { textsOf } from "./lines.ts";
import { allLines, type ConfigurationSections, type Placed } from "./sections.ts";

export interface RuntimeSocket {
  /** A unix socket has a path, else it is an address with a port. */
  readonly path?: string;
  readonly host?: string;
  readonly port?: number;
}

/** Where the running HAProxy takes orders; undefined where it takes none that change something. */
export function runtimeSocket(found: ConfigurationSections): RuntimeSocket | undefined {
  const sockets = allLines(found, "global", "stats").flatMap(({ line }): RuntimeSocket[] => {
    const [, what, address = "", ...options] = textsOf(line);
    if (what !== "socket" || options[options.indexOf("level") + 1] !== "admin") return [];
    const path = /^(?:unix@)?(\/.*)$/.exec(address)?.[1];
    if (path !== undefined) return [{ path }];
    const [, host = "", port = ""] = /^(?:ipv[46]@)?([0-9.]*|\[[0-9a-f:]+\]|\*):(\d+)$/i.exec(address) ?? [];
    if (port === "") return [];
    const bare = host.replace(/^\[|\]$/g, "");
    return [{ host: bare === "" || bare === "*" || bare === "0.0.0.0" ? "127.0.0.1" : bare, port: Number(port) }];
  });
  return sockets.find(({ path }) => path !== undefined) ?? sockets[0];
}

/** The folder that becomes the root of the workers; undefined where they have none of their own. */
export function chrootOf(found: ConfigurationSections): string | undefined {
  const path = globalSetting(found, "chroot")?.line.words[1]?.text.replace(/\/+$/, "");
  return path === "" ? undefined : path;
}

/** The last line of `global` that begins with a word. */
export function globalSetting(found: ConfigurationSections, keyword: string): Placed | undefined {
  return allLines(found, "global", keyword).at(-1);
}
