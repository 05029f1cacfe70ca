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
import { matchOf, stripped } from "./matchers.ts";
import { proxiedBy, scripts, withoutScripts } from "./proxies.ts";
import { responseOf } from "./responses.ts";
import { basicAuth, bodyLimit, headerSettings, isHarmless, type Settings } from "./settings.ts";
import { answersForMissing, areKnown, endsInFrontController, isFolderRedirect, triedNames } from "./try-files.ts";
import { addressOf } from "./values.ts";

const EMPTY: Handler = { type: "respond", status: 200 };

/** What holds at a place on the way. */
interface Way {
  readonly when: Condition | undefined;
  /** Undefined where it is not known. */
  root: string | undefined;
  /** Cut off the path: `handle_path`. */
  mount: string | undefined;
  /** One script answers for all that is not there. */
  isFrontController: boolean;
  /** A route further down sends files to every request. */
  hasFiles: boolean;
}

export interface SiteContext {
  readonly draft: Draft;
  readonly hosts: readonly string[];
}

/** @param routes Of a site, in the order in which Caddy goes through them. */
export function rulesOf(routes: readonly JsonNode[], context: SiteContext): Rule[] {
  const walk = new Walk(context);
  const start = { when: undefined, root: undefined, mount: undefined, isFrontController: false, hasFiles: false };
  // What Caddy does not answer, it answers with an empty 200.
  if (!walk.routes(routes, start)) walk.rules.push({ handler: EMPTY });
  return walk.rules;
}

/**
 * Each method that reads a route or a handler returns whether it has ended: nothing comes to what
 * follows.
 */
class Walk {
  readonly rules: Rule[] = [];
  readonly #context: SiteContext;

  constructor(context: SiteContext) {
    this.#context = context;
  }

  routes(routes: readonly JsonNode[], way: Way): boolean {
    for (const [index, route] of routes.entries()) {
      way.hasFiles = routes
        .slice(index + 1)
        .some((later) => later.at("match") === undefined && hasHandler(later, "file_server"));
      if (this.#route(route, way)) return true;
    }
    return false;
  }

  #route(route: JsonNode, way: Way): boolean {
    route.at("group")?.carried("the order of the rules");
    route.at("terminal")?.carried("the order of the rules");
    const tried = triedNames(route);
    if (tried !== undefined && this.#tries(route, tried, way)) return false;
    if (isFolderRedirect(route)) {
      route.carried("the handler, which redirects folders to their slash");
      return false;
    }
    const match = matchOf(route.at("match"), { root: way.root, mount: way.mount, hosts: this.#context.hosts });
    const when = allOf([way.when, match.when]);
    if (!match.isExact) return this.#widened(route, when);
    // What a route without a matcher says of the way holds for all that follow.
    const isAlways = match.when === undefined;
    const inner: Way = isAlways ? way : { ...way, when };
    if (route.items("handle").some((handler) => this.#handler(handler, inner))) return isAlways;
    if (inner.root !== way.root || inner.mount !== way.mount) {
      route.closed("a folder or a prefix for some requests only cannot be handed on to what follows; use `handle`");
      this.#push(route, when, { handler: CLOSED });
    }
    const isAlone = route.text("group") !== "" || route.text("terminal") === "true";
    if (!isAlone || !hasHandler(route, "subroute")) return false;
    this.#push(route, when, { handler: EMPTY });
    return isAlways;
  }

  /** @param when Matches more than the route, so only what opens nothing can be left out. */
  #widened(route: JsonNode, when: Condition | undefined): boolean {
    const why = "its matcher cannot be expressed here";
    if (route.items("handle").every(isHarmless)) {
      route.left(why);
      return false;
    }
    route.closed(why);
    this.#push(route, when, { handler: CLOSED });
    return when === undefined;
  }

  /** False where not all that is tried can be said. */
  #tries(route: JsonNode, tried: readonly string[], way: Way): boolean {
    if (!areKnown(tried) || way.root === undefined) return false;
    // The condition `exists` knows the whole path only; a handler looks for scripts itself.
    if (way.mount !== undefined && !endsInFrontController(tried)) return false;
    route.carried("rules for what is not there");
    way.isFrontController = endsInFrontController(tried);
    const answers = way.isFrontController ? [] : answersForMissing(tried, way.root);
    for (const { when, handler } of answers) this.#push(route, allOf([way.when, when]), { handler });
    return true;
  }

  #handler(node: JsonNode, way: Way): boolean {
    const name = node.text("handler");
    switch (name) {
      case "subroute":
        node.at("handler")?.carried("rules");
        return this.routes(node.items("routes"), { ...way });
      case "vars":
        return this.#vars(node, way);
      case "headers":
        return this.#set(node, way, headerSettings(node));
      case "encode":
        node.carried("`compress`");
        return this.#set(node, way, [{ compress: true }]);
      case "request_body":
        return this.#set(node, way, bodyLimit(node));
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
        return this.#proxy(node, way);
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
    this.rules.push(this.#context.draft.rule(node.entries(), when, rest));
  }

  #set(node: JsonNode, { when }: Way, settings: readonly Settings[]): boolean {
    for (const each of settings) this.#push(node, when, each);
    return false;
  }

  #answer(node: JsonNode, way: Way, handler: Handler, settings: Settings = {}): boolean {
    node.carried(`the handler \`${handler.type}\``);
    this.#push(node, way.when, { handler, ...settings });
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
      if (way.root === undefined) node.at("root")?.closed("its folder cannot be expressed here");
      else node.at("root")?.carried("`root`");
    }
    node.carried("what holds for what follows");
    return false;
  }

  #authentication(node: JsonNode, way: Way): boolean {
    const settings = basicAuth(node);
    if (settings === undefined) return this.#closed(node, way, "only names and passwords can be asked for");
    return this.#set(node, way, [settings]);
  }

  #rewrite(node: JsonNode, way: Way): boolean {
    const prefix = node.text("strip_path_prefix").replace(/\/+$/, "");
    if (/^\/[^{%]*$/.test(prefix) && node.items().length === 2) return this.#strip(node, way, prefix);
    if (way.mount !== undefined)
      return this.#closed(node, way, "a path of which something was cut off cannot be made another");
    const to = addressOf(node.text("uri"));
    const isPlain = to?.startsWith("/") === true && node.items().length === 2;
    if (!isPlain) return this.#closed(node, way, "the address that it makes cannot be expressed here");
    const path = to.replace(/\?.*$/, "");
    const again: Condition = { not: { pathRegex: `^${escapeRegex(path)}$` } };
    this.#push(node, allOf([way.when, again]), { handler: { type: "rewrite", to } });
    node.carried("the handler `rewrite`");
    return false;
  }

  #strip(node: JsonNode, way: Way, prefix: string): boolean {
    const { mount, others } = stripped(prefix, way);
    way.mount = mount;
    node.carried("`mount`, as it is spelled here");
    if (others === undefined) return false;
    for (const entry of node.entries()) entry.changed(`what is not below ${mount} is answered with 403`);
    this.#push(node, allOf([way.when, others]), { handler: CLOSED });
    return false;
  }

  #response(node: JsonNode, way: Way): boolean {
    const handler = responseOf(node);
    return typeof handler === "string" ? this.#closed(node, way, handler) : this.#answer(node, way, handler);
  }

  #files(node: JsonNode, way: Way): boolean {
    const own = node.text("root");
    const root = own.startsWith("/") ? own : way.root;
    if (root === undefined) return this.#closed(node, way, "its folder cannot be expressed here; name it in `root`");
    const index = node.at("index_names") === undefined ? ["index.html", "index.txt"] : node.list("index_names");
    const isListed = node.at("browse") !== undefined;
    const { indexes, handler } = staticAnswers({ root, mount: way.mount, index, isListed });
    for (const one of indexes) this.#push(node, allOf([way.when, one.when]), { handler: one.handler });
    node.at("hide")?.carried("the handler, which hides files whose names begin with a dot");
    return this.#answer(node, way, handler);
  }

  #proxy(node: JsonNode, way: Way): boolean {
    const proxied = proxiedBy(node, this.#context.draft);
    if (typeof proxied === "string") return this.#closed(node, way, proxied);
    const { upstream, isFastcgi, preserveHost, settings } = proxied;
    const mount = way.mount === undefined ? {} : { mount: way.mount };
    if (!isFastcgi) return this.#answer(node, way, { type: "proxy", upstream, ...mount, preserveHost }, settings);
    const root = node.text("transport/root") || way.root;
    if (root?.startsWith("/") !== true)
      return this.#closed(node, way, "the folder of its scripts cannot be named here");
    if (way.mount !== undefined)
      for (const entry of node.entries()) entry.changed("`mount`: `SCRIPT_NAME` begins with what Caddy cuts off");
    if (!way.isFrontController)
      return this.#answer(node, way, { type: "fastcgi", upstream, root, ...mount, index: [] }, settings);
    // It answers for scripts only, and is led to by what was tried: here by the handler itself.
    const outer = withoutScripts(way.when, way.mount);
    this.#answer(node, { ...way, when: outer }, scripts(upstream, root, way.mount, way.hasFiles), settings);
    return outer === undefined;
  }
}

function hasHandler(route: JsonNode, name: string): boolean {
  return route.items("handle").some((handler) => handler.text("handler") === name);
}
