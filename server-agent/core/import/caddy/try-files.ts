/**
 * `try_files` and `php_fastcgi`: routes that only look for files, and go on with the one that they
 * have found.
 */
import type { Condition } from "../../../contract/condition.ts";
import type { Answer } from "../document/answer.ts";
import { CLOSED } from "../document/finish.ts";
import { allOf } from "../document/match.ts";
import type { JsonNode } from "./json-tree.ts";

/** An application that answers for all that is not there. */
const FRONT_CONTROLLER = "index.php";
/** What can be said of a name that is tried. */
const KNOWN = /^(?:\{path\}(?:\/|\/index\.(?:php|html)|\.html)?|\/?[\w.-]+|=\d{3})$/;

/** The names that are tried; undefined for a route that does something else as well. */
export function triedNames(route: JsonNode): string[] | undefined {
  const [set, ...sets] = route.items("match");
  const [handler, ...handlers] = route.items("handle");
  if (set === undefined || handler === undefined || sets.length > 0 || handlers.length > 0) return undefined;
  const isOnly = set.items().length === 1 && set.at("file") !== undefined;
  if (!isOnly || handler.text("handler") !== "rewrite") return undefined;
  if (!handler.text("uri").startsWith("{http.matchers.file.relative}")) return undefined;
  return set.list("file/try_files").map((name) => name.replace("{http.request.uri.path}", "{path}"));
}

/** Whether all that is tried can be said. */
export function areKnown(tried: readonly string[]): boolean {
  return tried.every((name) => KNOWN.test(name));
}

/** Whether one script answers for all that is not there. */
export function endsInFrontController(tried: readonly string[]): boolean {
  return tried.at(-1) === FRONT_CONTROLLER;
}

/**
 * What answers instead of a path that is not there.
 *
 * @param tried Known ones, without a front controller.
 */
export function answersForMissing(tried: readonly string[], root: string): Answer[] {
  const found: Condition = { exists: `${root}{path}` };
  const hasFolders = tried.some((name) => name.startsWith("{path}/"));
  const missing: Condition = { not: hasFolders ? found : { all: [found, { not: { pathRegex: "/$" } }] } };
  const withEnding: Answer = {
    when: allOf([missing, { exists: `${root}{path}.html` }]),
    handler: { type: "rewrite", to: "${path}.html" },
  };
  return [...(tried.includes("{path}.html") ? [withEnding] : []), ...lastAnswer(tried.at(-1) ?? "", missing)];
}

/** A status (`=404`) or another file; nothing, where it is about the path itself. */
function lastAnswer(last: string, missing: Condition): Answer[] {
  if (last.startsWith("{")) return [];
  if (last.startsWith("=")) {
    const status = Number(last.slice(1));
    return [{ when: missing, handler: status >= 400 ? { type: "error", status } : CLOSED }];
  }
  const to = `/${last.replace(/^\//, "")}`;
  return [{ when: allOf([missing, { not: { path: to } }]), handler: { type: "rewrite", to } }];
}

/** As `php_fastcgi` has it, for a folder with an index. */
export function isFolderRedirect(route: JsonNode): boolean {
  const [set] = route.items("match");
  const tried = set?.list("file/try_files") ?? [];
  const location = route.items("handle")[0]?.list("headers/Location")[0] ?? "";
  return (
    tried.length === 1 &&
    (tried[0] ?? "").endsWith("{http.request.uri.path}/index.php") &&
    location.endsWith("uri.path}/")
  );
}
