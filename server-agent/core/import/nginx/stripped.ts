/** The other way to cut a prefix off: `rewrite ^/api/(.*)$ /$1 break` before `proxy_pass`. */
import { type Mounted, mountedAt } from "../document/mounted.ts";
import type { Level, Statement } from "../document/statements.ts";
import type { LocationName } from "./conditions.ts";

export interface Stripped extends Mounted {
  readonly statement: Statement;
}

/** Undefined where a rewrite does more, or is not about the whole location. */
export function strippedBy(level: Level, name: LocationName | undefined): Stripped | undefined {
  const [statement, ...others] = level.own("rewrite");
  if (statement === undefined || others.length > 0 || level.own("if").length > 0) return undefined;
  if (name?.kind !== "prefix" && name?.kind !== "first-prefix") return undefined;
  const [regex = "", replacement = "", flag] = statement.args;
  // The slash behind the prefix may be left out in the expression; what it captures begins there.
  const [, prefix, slash] = /^\^(\/[\w/-]*?)(\/\??)\(\.\*\)\$?$/.exec(regex) ?? [];
  const folder = /^(\/(?:[\w.~-]+\/)*)\$1$/.exec(replacement)?.[1];
  if (flag !== "break" || prefix === undefined || folder === undefined) return undefined;
  if (name.path !== `${prefix}/` && !(name.path === prefix && slash === "/?")) return undefined;
  const mounted = mountedAt(name.path, name.path.endsWith("/") ? folder : folder.replace(/\/$/, ""));
  return mounted === undefined ? undefined : { ...mounted, statement };
}
