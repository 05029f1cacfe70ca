/**
 * Routes as rules. Caddy goes through them from the top with one request; what a handler does on
 * the way (a root, header fields, a password) holds for what follows.
 */
import type { Condition } from "../../../contract/condition.ts";
import type { Handler } from "../../../contract/handler.ts";
import type { Rule } from "../../../contract/rules/rule.ts";
import { quote } from "../../wording.ts";
import type { Draft } from "../document/draft.ts";
import { CLOSED } from "../document/finish.ts";
import { allOf, escapeRegex } from "../document/match.ts";
import { staticAnswers } from "../document/static-files.ts";
import type { JsonNode } from "./json-tree.ts";
import { matchOf } from "./matchers.ts";
import { proxiedBy, scripts } from "./proxies.ts";
import { addressOf, operationsOf } from "./values.ts";

/** What holds at a place on the way. */
interface Way {
  readonly when: Condition | undefined;
  /** Undefined where it is not known. */
  root: string | undefined;
  /** Cut off the path: `handle_path`. */
  mount: string | undefined;
  /** One script answers for all that is not there. */
  isFrontController: boolean;
}

export interface SiteContext {
  readonly draft: Draft;
  readonly hosts: readonly string[];
}

export function rulesOf(routes: readonly JsonNode[], context: SiteContext): Rule[] {
  const walk = new Walk(context);
  const ended = walk.routes(routes, { when: undefined, root: undefined, mount: undefined, isFrontController: false });
  if (!ended) walk.rules.push({ handler: { type: "respond", status: 200 } });
  return walk.rules;
}

class Walk {
  readonly rules: Rule[] = [];
  readonly #context: SiteContext;

  constructor(context: SiteContext) {
    this.#context = context;
  }

  /** @returns whether nothing comes to what follows. */
  routes(routes: readonly JsonNode[], way: Way): boolean {
    for (const [index, route] of routes.entries()) {
      const handlers = route.items("handle");
      route.at("group")?.carried("the order of the rules");
      route.at("terminal")?.carried("the order of the rules");
      if (tryFilesOf(route) !== undefined && this.#tries(route, way)) continue;
      if (isFolderRedirect(route)) {
        route.carried("the handler, which redirects folders to their slash");
        continue;
      }
      const match = matchOf(route.at("match"), { root: way.root, hosts: this.#context.hosts });
      const when = allOf([way.when, match.when]);
      if (!match.isExact) {
        if (handlers.every(isHarmless)) route.left("its matcher cannot be said here");
        else {
          route.closed("its matcher cannot be said here");
          this.#push(route, when, { handler: CLOSED });
          if (when === undefined) return true;
        }
        continue;
      }
      const hasFiles = routes
        .slice(index + 1)
        .some((later) => later.at("match") === undefined && hasHandler(later, "file_server"));
      // What a route without a matcher says of the way holds for all that follow.
      const isAlways = match.when === undefined;
      const inner: Way = isAlways ? way : { ...way, when };
      const ended = this.#handlers(handlers, inner, hasFiles);
      if (ended && isAlways) return true;
      if (!ended && (inner.root !== way.root || inner.mount !== way.mount)) {
        route.closed("a folder or a prefix for some requests only cannot be handed on to what follows; use `handle`");
        this.#push(route, when, { handler: CLOSED });
      }
      const isAlone = route.text("group") !== "" || route.text("terminal") === "true";
      if (!ended && isAlone && hasHandler(route, "subroute")) {
        this.#push(route, when, { handler: { type: "respond", status: 200 } });
        if (isAlways) return true;
      }
    }
    return false;
  }

  #handlers(handlers: readonly JsonNode[], way: Way, hasFiles: boolean): boolean {
    for (const handler of handlers) if (this.#handler(handler, way, hasFiles)) return true;
    return false;
  }

  #handler(node: JsonNode, way: Way, hasFiles: boolean): boolean {
    const name = node.text("handler");
    switch (name) {
      case "subroute":
        node.at("handler")?.carried("rules");
        return this.routes(node.items("routes"), { ...way });
      case "vars":
        return this.#vars(node, way);
      case "headers":
        this.#headers(node, way);
        return false;
      case "encode":
        this.#push(node, way.when, { compress: true });
        node.carried("`compress`");
        return false;
      case "request_body":
        return this.#bodyLimit(node, way);
      case "authentication":
        return this.#authentication(node, way);
      case "rewrite":
        return this.#rewrite(node, way);
      case "static_response":
        return this.#response(node, way);
      case "error":
        return this.#answer(node, way, { type: "error", status: Number(node.text("status_code") || "500") });
      case "file_server":
        return this.#files(node, way);
      case "reverse_proxy":
        return this.#proxy(node, way, hasFiles);
      case "tracing":
      case "log_append":
      case "intercept":
        node.left(`there is no handler ${quote(name)}`);
        return false;
      default:
        return this.#closed(node, way, `there is no handler ${quote(name)}`);
    }
  }

  #push(node: JsonNode, when: Condition | undefined, rest: Omit<Rule, "when">): void {
    this.rules.push(this.#context.draft.from<Rule>(node.entries(), when === undefined ? rest : { when, ...rest }));
  }

  #answer(node: JsonNode, way: Way, handler: Handler, more: Omit<Rule, "when" | "handler"> = {}): boolean {
    node.carried(`the handler \`${handler.type}\``);
    this.#push(node, way.when, { handler, ...more });
    return true;
  }

  #closed(node: JsonNode, way: Way, why: string): boolean {
    node.closed(why);
    this.#push(node, way.when, { handler: CLOSED });
    return true;
  }

  #vars(node: JsonNode, way: Way): boolean {
    const root = node
      .text("root")
      .replace("{http.request.host}", "${host}")
      .replace(/(.)\/+$/, "$1");
    if (root !== "") {
      way.root = root.startsWith("/") && !/\{(?!host\})/.test(root) ? root : undefined;
      if (way.root === undefined) node.at("root")?.closed("its folder cannot be named here");
      else node.at("root")?.carried("`root`");
    }
    node.carried("what holds for what follows");
    return false;
  }

  #headers(node: JsonNode, { when }: Way): void {
    node.at("handler")?.carried("`responseHeaders` or `requestHeaders`");
    const responseHeaders = operationsOf(node.at("response"), "responseHeaders", []);
    const requestHeaders = operationsOf(node.at("request"), "requestHeaders", []);
    if (responseHeaders !== undefined) this.#push(node, when, { responseHeaders });
    if (requestHeaders !== undefined) this.#push(node, when, { requestHeaders });
  }

  #bodyLimit(node: JsonNode, { when }: Way): boolean {
    const bytes = Number(node.text("max_size"));
    if (Number.isSafeInteger(bytes) && bytes > 0) {
      this.#push(node, when, { maxBodyBytes: bytes });
      node.carried("`maxBodyBytes`");
    }
    node.left("only the size of a body is limited");
    return false;
  }

  #authentication(node: JsonNode, way: Way): boolean {
    const basic = node.at("providers/http_basic");
    const accounts = basic?.items("accounts") ?? [];
    if (basic === undefined || accounts.length === 0 || node.items("providers").length > 1)
      return this.#closed(node, way, "only names and passwords can be asked for");
    const users = Object.fromEntries(accounts.map((account) => [account.text("username"), account.text("password")]));
    const realm = (basic.text("realm") || "restricted").replace(/[^\x20-\x7e]|["\\]/g, "'");
    this.#push(node, way.when, { auth: { type: "basic", realm, users } });
    node.carried("`auth`");
    return false;
  }

  #rewrite(node: JsonNode, way: Way): boolean {
    const prefix = node.text("strip_path_prefix");
    if (prefix !== "" && node.items().length === 2) {
      node.carried("`mount`");
      way.mount = prefix.replace(/\/+$/, "");
      return false;
    }
    const to = addressOf(node.text("uri"));
    const isPlain = to?.startsWith("/") === true && node.items().length === 2;
    if (!isPlain) return this.#closed(node, way, "the address that it makes cannot be said here");
    const path = to.replace(/\?.*$/, "");
    const again: Condition = { not: { pathRegex: `^${escapeRegex(path)}$` } };
    this.#push(node, allOf([way.when, again]), { handler: { type: "rewrite", to } });
    node.carried("the handler `rewrite`");
    return false;
  }

  #response(node: JsonNode, way: Way): boolean {
    if (node.text("abort") === "true") return this.#answer(node, way, { type: "drop" });
    const status = Number(node.text("status_code") || "200");
    const location = node.list("headers/Location").at(0);
    const codes = [301, 302, 303, 307, 308] as const;
    const redirect = codes.find((code) => code === status);
    if (location !== undefined && redirect !== undefined) {
      const to = addressOf(location);
      if (to === undefined) return this.#closed(node, way, "a placeholder in its address is not known here");
      // A path alone loses the query; the whole address keeps it.
      const keepsQuery = /\{http\.request\.(?:orig_)?uri\}/.test(location);
      return this.#answer(node, way, { type: "redirect", to, status: redirect, ...(keepsQuery ? {} : { regex: "^" }) });
    }
    const body = node.text("body");
    if (/\{[a-z][\w.]*\}/.test(body)) return this.#closed(node, way, "a placeholder in its text is not known here");
    if (!(status >= 200 && status <= 599)) return this.#closed(node, way, "it names no status that can be sent");
    if (status >= 400 && body === "") return this.#answer(node, way, { type: "error", status });
    const headers = Object.fromEntries(node.items("headers").map((header) => [header.key, header.list("").join(", ")]));
    return this.#answer(node, way, {
      type: "respond",
      status,
      ...(Object.keys(headers).length === 0 ? {} : { headers }),
      ...(body === "" ? {} : { body }),
    });
  }

  /** @returns whether all that is tried can be said. */
  #tries(route: JsonNode, way: Way): boolean {
    const tried = tryFilesOf(route) ?? [];
    const known = /^(?:\{path\}(?:\/|\/index\.(?:php|html)|\.html)?|\/?[\w.-]+|=\d{3})$/;
    if (!tried.every((name) => known.test(name)) || way.mount !== undefined || way.root === undefined) return false;
    route.carried("rules for what is not there");
    const last = tried.at(-1) ?? "";
    way.isFrontController = last === "index.php";
    if (way.isFrontController) return true;
    const { root } = way;
    const found: Condition = { exists: `${root}{path}` };
    const hasFolders = tried.some((name) => name.startsWith("{path}/"));
    const missing: Condition = { not: hasFolders ? found : { all: [found, { not: { pathRegex: "/$" } }] } };
    if (tried.includes("{path}.html")) {
      const when = allOf([way.when, missing, { exists: `${root}{path}.html` }]);
      this.#push(route, when, { handler: { type: "rewrite", to: "${path}.html" } });
    }
    if (last.startsWith("=")) {
      const status = Number(last.slice(1));
      this.#push(route, allOf([way.when, missing]), { handler: status >= 400 ? { type: "error", status } : CLOSED });
    } else if (!last.startsWith("{")) {
      const to = `/${last.replace(/^\//, "")}`;
      this.#push(route, allOf([way.when, missing, { not: { path: to } }]), { handler: { type: "rewrite", to } });
    }
    return true;
  }

  #files(node: JsonNode, way: Way): boolean {
    const own = node.text("root");
    const root = own.startsWith("/") ? own : way.root;
    if (root === undefined) return this.#closed(node, way, "its folder cannot be named here; name it in `root`");
    const index = node.at("index_names") === undefined ? ["index.html", "index.txt"] : node.list("index_names");
    const isListed = node.at("browse") !== undefined;
    const { indexes, handler } = staticAnswers({ root, mount: way.mount, index, isListed });
    for (const one of indexes) this.#push(node, allOf([way.when, one.when]), { handler: one.handler });
    node.at("hide")?.carried("the handler, which hides files whose names begin with a dot");
    return this.#answer(node, way, handler);
  }

  #proxy(node: JsonNode, way: Way, hasFiles: boolean): boolean {
    const proxied = proxiedBy(node, this.#context.draft);
    if (typeof proxied === "string") return this.#closed(node, way, proxied);
    if (way.mount !== undefined)
      return this.#closed(
        node,
        way,
        "the application would get the path without its beginning; let it take the whole one",
      );
    const { upstream, isFastcgi, preserveHost, requestHeaders, responseHeaders } = proxied;
    const more = {
      ...(requestHeaders === undefined ? {} : { requestHeaders }),
      ...(responseHeaders === undefined ? {} : { responseHeaders }),
    };
    if (!isFastcgi) return this.#answer(node, way, { type: "proxy", upstream, preserveHost }, more);
    const root = node.text("transport/root") || way.root;
    if (root?.startsWith("/") !== true)
      return this.#closed(node, way, "the folder of its scripts cannot be named here");
    if (!way.isFrontController) return this.#answer(node, way, { type: "fastcgi", upstream, root, index: [] }, more);
    // It answers for scripts only, and is led to by what was tried: here by the handler itself.
    const outer = withoutScripts(way.when);
    this.#answer(node, { ...way, when: outer }, scripts(upstream, root, hasFiles), more);
    return outer === undefined;
  }
}

/** Without the condition that the path is that of a script. */
function withoutScripts(when: Condition | undefined): Condition | undefined {
  const isScripts = (each: Condition) => each.pathRegex === "(?i)^.*\\.php$";
  if (when === undefined || isScripts(when)) return undefined;
  return when.all === undefined ? when : allOf(when.all.filter((each) => !isScripts(each)));
}

/** A route that only looks for files and goes on with the one that it has found. */
function tryFilesOf(route: JsonNode): string[] | undefined {
  const [set, ...sets] = route.items("match");
  const [handler, ...handlers] = route.items("handle");
  if (set === undefined || handler === undefined || sets.length > 0 || handlers.length > 0) return undefined;
  const isOnly = set.items().length === 1 && set.at("file") !== undefined;
  if (!isOnly || handler.text("handler") !== "rewrite") return undefined;
  if (!handler.text("uri").startsWith("{http.matchers.file.relative}")) return undefined;
  return set.list("file/try_files").map((name) => name.replace("{http.request.uri.path}", "{path}"));
}

/** As `php_fastcgi` has it, for a folder with an index. */
function isFolderRedirect(route: JsonNode): boolean {
  const [set] = route.items("match");
  const tried = set?.list("file/try_files") ?? [];
  const location = route.items("handle")[0]?.list("headers/Location")[0] ?? "";
  return (
    tried.length === 1 &&
    (tried[0] ?? "").endsWith("{http.request.uri.path}/index.php") &&
    location.endsWith("uri.path}/")
  );
}

function hasHandler(route: JsonNode, name: string): boolean {
  return route.items("handle").some((handler) => handler.text("handler") === name);
}

/** Without it nothing is open that was not. */
function isHarmless(handler: JsonNode): boolean {
  return ["headers", "encode", "tracing", "log_append"].includes(handler.text("handler"));
}
