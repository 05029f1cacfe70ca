/**
 * An application that appears in a site at another path than at its upstream (`mount`,
 * `upstreamPath`): the address that it gets, and the way back of what it answers.
 */
import type { Handler } from "../../contract/handler.ts";
import { decodeEscapes, normalisePath } from "./normalise-path.ts";
import { everyReading, isAmbiguous, mayClimb } from "./path-readings.ts";

export interface MountedPath {
  /** `mount`, percent-encoded and without a slash at its end: `X-Forwarded-Prefix`. */
  readonly prefix: string;
  /**
   * The target of the request for the upstream; the rest of the path and the query stay as they
   * came.
   *
   * @param target Origin form without dot segments, or `*`.
   * @returns 404 for a path that is not below `mount`; 400 for one that the application could read
   *   as a path that the rules of the site have not judged, as `/api/..;/x`.
   */
  targetOf(target: string): string | 404 | 400;
  /**
   * Makes the visitor's addresses of the upstream's, in place: of `Location` and `Refresh` where
   * they name the target itself, and of `Path` of cookies.
   *
   * @param fields Of the response: name, value, name, value.
   * @param origin Of the target, such as `http://127.0.0.1:3000`.
   */
  leadBack(fields: string[], origin: string): void;
}

type Mounted = Pick<Extract<Handler, { type: "proxy" }>, "mount" | "upstreamPath" | "preserveHost">;

/** Undefined: the upstream gets what the visitor asks for, and knows by which name. */
export function compileMountedPath({
  mount = "/",
  upstreamPath = "/",
  preserveHost,
}: Mounted): MountedPath | undefined {
  if (mount === "/" && upstreamPath === "/" && preserveHost !== false) return undefined;
  const segments = mount === "/" ? [] : mount.slice(1).split("/");
  const prefix = segments.map((segment) => `/${encodeURIComponent(segment.toWellFormed())}`).join("");
  const at = segments.map((segment) => `/${segment}`).join("");
  const base = upstreamPath === "/" ? "" : upstreamPath;
  return {
    prefix,
    targetOf(target) {
      if (segments.length === 0 && (base === "" || target === "*")) return target;
      const mark = target.indexOf("?");
      const path = mark < 0 ? target : target.slice(0, mark);
      const below = restBehind(segments, path);
      if (below === undefined) return 404;
      // `//name` is the address of another host.
      const rest = below.replace(/^\/+/, "/");
      const sent = base + rest || "/";
      return isJudged({ base, sent }, { at, path }) ? sent + target.slice(path.length) : 400;
    },
    leadBack(fields, origin) {
      for (let index = 0; index < fields.length; index += 2) {
        const lead = WAYS_BACK.get((fields[index] ?? "").toLowerCase());
        if (lead !== undefined) fields[index + 1] = lead(fields[index + 1] ?? "", { prefix, base, origin });
      }
    },
  };
}

/** What a raw path has behind these decoded segments; undefined: it does not begin with them. */
function restBehind(segments: readonly string[], path: string): string | undefined {
  let at = 0;
  for (const segment of segments) {
    while (path.charAt(at) === "/") at += 1;
    const slash = path.indexOf("/", at);
    const end = slash < 0 ? path.length : slash;
    if (decodeEscapes(path.slice(at, end)) !== segment) return undefined;
    at = end;
  }
  return path.slice(at);
}

/**
 * Whether the upstream can read nothing but what the rules have judged. Where it resolves
 * `/..;/admin`, they have judged `/admin`, and not `/api/admin`.
 */
function isJudged(to: { base: string; sent: string }, from: { at: string; path: string }): boolean {
  const decoded = normalisePath(to.sent);
  if (decoded === undefined) return false;
  if (!isAmbiguous({ rawPath: to.sent, path: decoded })) return true;
  const judged = everyReading(from.path);
  const read = everyReading(to.sent);
  if (judged === undefined || read === undefined || mayClimb(read)) return false;
  const base = decodeEscapes(to.base);
  return [...read].every((path) => path.startsWith(base) && judged.has(from.at + path.slice(base.length)));
}

/** From the upstream's address to the visitor's. */
interface WayBack {
  readonly prefix: string;
  readonly base: string;
  readonly origin: string;
}

const WAYS_BACK: ReadonlyMap<string, (value: string, way: WayBack) => string> = new Map([
  ["location", addressBack],
  [
    "refresh",
    (value, way) => value.replace(REFRESH, (_whole, before: string, url: string) => before + addressBack(url, way)),
  ],
  [
    "set-cookie",
    (value, way) =>
      value.replace(COOKIE_PATH, (_whole, name: string, path: string) => name + cookiePathBack(path, way)),
  ],
]);
/** `5; url=/x`, as browsers read it; quotes around the address stay. */
const REFRESH = /^(\s*\d+(?:\.\d*)?\s*[;,]\s*(?:url\s*=\s*)?["']?)([^"']*)/i;
const COOKIE_PATH = /(;\s*path\s*=\s*)([^;]*)/gi;
const ADDRESS = /^(https?:\/\/[^/?#]*)([^?#]*)(.*)$/is;

/**
 * As `proxy_redirect default` of nginx: an address without a host is the application's own word,
 * and may mean another part of the site.
 */
function addressBack(address: string, { prefix, base, origin }: WayBack): string {
  const [, named = "", path = "", rest = ""] = ADDRESS.exec(address) ?? [];
  if (withoutDefaultPort(named.toLowerCase()) !== origin) return address;
  const below = behind(base, path === "" ? "/" : path);
  if (below === undefined) return address;
  const back = prefix + below.replace(/^[/\\]+/, "/");
  return (back === "" ? "/" : back) + rest;
}

/** `/` stays: narrowed, the rest of the site would miss the cookie. So does what has the prefix. */
function cookiePathBack(path: string, { prefix, base }: WayBack): string {
  if (path === "/" || !path.startsWith("/") || (prefix !== "" && behind(prefix, path) !== undefined)) return path;
  const below = behind(base, path);
  return below === undefined ? path : prefix + below || "/";
}

/** What stands behind the path of a folder; undefined for what is not in it. */
function behind(folder: string, path: string): string | undefined {
  return path === folder || path.startsWith(`${folder}/`) ? path.slice(folder.length) : undefined;
}

function withoutDefaultPort(origin: string): string {
  return origin.replace(origin.startsWith("https:") ? /:443$/ : /:80$/, "");
}
