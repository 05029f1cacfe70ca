/** What answers in a location: files, or an application. */
import type { Handler } from "../../../contract/handler.ts";
import type { HeaderOperations } from "../../../contract/rules/rule.ts";
import type { Answer } from "../document/answer.ts";
import type { Draft } from "../document/draft.ts";
import { CLOSED } from "../document/finish.ts";
import { escapeRegex } from "../document/match.ts";
import { type Mounted, mountedAt } from "../document/mounted.ts";
import type { Level, Statement } from "../document/statements.ts";
import { isSharedIndex, isStaticName, staticAnswers } from "../document/static-files.ts";
import type { LocationName } from "./conditions.ts";
import { requestHeadersOf } from "./settings.ts";
import { strippedBy } from "./stripped.ts";
import { passTo } from "./upstreams.ts";
import { type AddressWords, addressOf } from "./variables.ts";

export interface ContentContext {
  readonly draft: Draft;
  readonly upstreams: ReadonlyMap<string, Statement>;
  readonly words: AddressWords;
}

export interface Content {
  readonly answers: readonly Answer[];
  readonly requestHeaders?: HeaderOperations | undefined;
  /** A named location that answers what is not there. */
  readonly named?: string | undefined;
}

const PASSES = ["proxy_pass", "grpc_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass"];
/** What they ask speaks HTTP, in whichever version. */
export const HTTP_PASSES = ["proxy_pass", "grpc_pass"];
const UNKNOWN_PASSES = ["memcached_pass", "js_content", "perl", "content_by_lua_block", "content_by_lua_file"];

export function isPassedOn(level: Level): boolean {
  return level.own(...PASSES).length > 0;
}

export function contentOf(level: Level, name: LocationName | undefined, context: ContentContext): Content {
  const [unknown] = level.own(...UNKNOWN_PASSES);
  if (unknown !== undefined) return closed(unknown, "there is no such handler");
  const [flv] = level.own("internal");
  if (flv !== undefined) {
    flv.entry.changed("404 for visitors; what is rewritten to it gets that, too");
    return { answers: [{ handler: { type: "error", status: 404 } }] };
  }
  const [pass] = level.own(...PASSES);
  if (pass !== undefined) return passedOn(pass, level, name, context);
  const [gif] = level.own("empty_gif");
  if (gif !== undefined) return carried(gif, { type: "emptyGif" });
  const [status] = level.own("stub_status");
  if (status !== undefined) return carried(status, { type: "serverInfo" });
  return files(level, name, context);
}

function carried({ entry }: Statement, handler: Handler): Content {
  entry.carried(`the handler \`${handler.type}\``);
  return { answers: [{ handler }] };
}

function closed({ entry }: Statement, why: string): Content {
  entry.closed(`answered with 403: ${why}`);
  return { answers: [{ handler: CLOSED }] };
}

function passedOn(pass: Statement, level: Level, name: LocationName | undefined, context: ContentContext): Content {
  const target = passTo(pass, level, context.upstreams, context.draft);
  if (typeof target === "string") return closed(pass, target);
  if (HTTP_PASSES.includes(pass.name)) {
    const mounted = mountedOf(level, name, target.path);
    if (mounted === undefined)
      return closed(
        pass,
        `the application would get ${target.path} for ${name?.path ?? "/"}; let it take the whole path`,
      );
    const { operations, preserveHost } = requestHeadersOf(level, pass.name === "grpc_pass" ? "grpc" : "proxy");
    if (mounted.change !== undefined) pass.entry.changed(mounted.change);
    if (preserveHost || !target.isNamed) pass.entry.carried("the handler `proxy`");
    else pass.entry.changed("the handler `proxy`; `Host` is that of the target, not the name of the upstream");
    reportRedirects(level);
    return {
      answers: [{ handler: { type: "proxy", upstream: target.upstream, ...mounted.fields, preserveHost } }],
      requestHeaders: operations,
    };
  }
  const type = pass.name === "fastcgi_pass" ? "fastcgi" : pass.name === "scgi_pass" ? "scgi" : "uwsgi";
  pass.entry.carried(`the handler \`${type}\``);
  const module = pass.name.replace("_pass", "");
  const params = paramsOf(level, `${module}_param`);
  const place = type === "fastcgi" ? scripts(level, name) : {};
  if (place === undefined) return closed(pass, "the folder of its scripts cannot be named here");
  const others = place.fallback === undefined ? [] : [otherScripts(place.fallback)];
  if (others.length > 0) pass.entry.changed(`the handler \`${type}\`; other scripts of its folder get 403`);
  return {
    requestHeaders: visitorsClaims(level, `${module}_param`),
    answers: [
      ...others,
      {
        handler: {
          type,
          upstream: target.upstream,
          ...place,
          ...(Object.keys(params).length === 0 ? {} : { params }),
        },
      },
    ],
  };
}

/** One script answers for all paths: others that lie beside it must not begin to run. */
function otherScripts(script: string): Answer {
  const own = { pathRegex: `^${escapeRegex(script)}(?:/|$)` };
  return { when: { all: [{ pathRegex: "\\.php(?:/|$)" }, { not: own }] }, handler: CLOSED };
}

/** What nginx says of a visitor in a variable that is not known here, he must not say himself. */
function visitorsClaims(level: Level, name: string): HeaderOperations | undefined {
  const names = level.nearest(name).flatMap(({ args: [key = "", value = ""], entry }) => {
    const field = /^HTTP_(\w+)$/.exec(key)?.[1];
    if (field === undefined || !value.includes("$") || value === `$http_${field.toLowerCase()}`) return [];
    entry.changed("`requestHeaders`: it is removed, as its value has a variable that is not supported");
    return [field.replaceAll("_", "-")];
  });
  return names.length === 0 ? undefined : { remove: names };
}

/** What the application gets of the path; undefined where that cannot be said. */
function mountedOf(level: Level, name: LocationName | undefined, path: string): Mounted | undefined {
  // What a rewrite has made is sent, whatever the address says.
  const stripped = strippedBy(level, name);
  if (stripped !== undefined) return stripped;
  if (path === "" || (path === name?.path && name.kind !== "regex")) return { fields: {}, change: undefined };
  if (name === undefined || name.kind === "regex" || name.kind === "named") return undefined;
  if (name.kind !== "exact") return mountedAt(name.path, path);
  // All that it is about is one path.
  const isOne = path === "/" || path.endsWith("/") === name.path.endsWith("/");
  const mounted = isOne ? mountedAt(name.path, path) : undefined;
  return mounted === undefined ? undefined : { ...mounted, change: undefined };
}

function reportRedirects(level: Level): void {
  for (const { args, entry } of level.nearest("proxy_redirect")) {
    if (args[0] === "default") entry.carried("the handler `proxy`");
    else entry.changed("only redirects to the target's own address lead back into the site");
  }
}

/** Where the scripts of a location are; undefined where it cannot be said. */
function scripts(level: Level, name: LocationName | undefined): Partial<Handler & { type: "fastcgi" }> | undefined {
  const file = level.nearest("fastcgi_param").findLast(({ args }) => args[0] === "SCRIPT_FILENAME")?.args[1];
  const folder = folderOf(level);
  const index = level.last("fastcgi_index");
  index?.entry.carried("`index`");
  const [, own] = /^(\/[^$]*?)\/?\$(?:fastcgi_script_name|uri|document_uri)$/.exec(file ?? "") ?? [];
  const fixed = file?.replace(/^\$(?:document_root|realpath_root)(?=\/)/, folder?.root ?? "$");
  if (fixed?.includes("$") === false && fixed.startsWith("/")) {
    const cut = fixed.lastIndexOf("/");
    return { root: fixed.slice(0, cut) || "/", fallback: fixed.slice(cut), index: [] };
  }
  const named = /\\\.\(?(?:\?:)?([a-z0-9|]+)\)?(?:\$|\(|\/|$)/i.exec(name?.kind === "regex" ? name.path : "")?.[1];
  // An application that is told no file has no scripts.
  if (file === undefined && named === undefined) return {};
  const root = own ?? folder?.root;
  if (root === undefined) return undefined;
  const extensions = named?.split("|");
  return {
    root,
    ...(folder?.mount === undefined || own !== undefined ? {} : { mount: folder.mount }),
    ...(extensions === undefined || extensions.join() === "php" ? {} : { extensions }),
    index: index?.args[0] === undefined ? [] : [index.args[0]],
  };
}

const OF_THE_REQUEST =
  /^(?:HTTP_\w+|GATEWAY_INTERFACE|SERVER_\w+|REDIRECT_STATUS|SCRIPT_\w+|QUERY_STRING|REQUEST_\w+|CONTENT_\w+|DOCUMENT_\w+|REMOTE_\w+|PATH_\w+|HTTPS)$/;

/** Those that the agent sends by itself are not named again. */
function paramsOf(level: Level, name: string): Record<string, string> {
  const params: Record<string, string> = {};
  for (const { args, entry } of level.nearest(name)) {
    const [key = "", value = ""] = args;
    if (value.includes("$") || /^(?:GATEWAY_INTERFACE|SERVER_\w+|REDIRECT_STATUS|SCRIPT_\w+)$/.test(key)) {
      if (OF_THE_REQUEST.test(key)) entry.carried("the handler, which describes the request by itself");
      else entry.left("its value has a variable that is not supported");
      continue;
    }
    params[key] = value;
    entry.carried("`params`");
  }
  return params;
}

interface Folder {
  readonly root: string;
  readonly mount: string | undefined;
}

/** Undefined where it cannot be said: relative to nginx's own folder, or with a variable. */
export function folderOf(level: Level, name?: LocationName): Folder | undefined {
  const statement = level.nearest("root", "alias").at(-1);
  const [alias] = statement?.name === "alias" ? [statement] : [];
  const [written = ""] = statement?.args ?? [];
  const root = written.replace(/\$\{?(?:http_)?host\}?/, "${host}").replace(/(.)\/+$/, "$1");
  if (!root.startsWith("/") || /\$(?!\{host\})/.test(root)) {
    statement?.entry.closed("what it is for is answered with 403: its folder cannot be expressed here");
    return undefined;
  }
  if (alias === undefined) {
    statement?.entry.carried("`root`");
    return { root, mount: undefined };
  }
  const isOwn = level.own("alias").length > 0;
  const isFolder = isOwn && name !== undefined && (name.kind === "prefix" || name.kind === "first-prefix");
  const sameEnd = name?.path.endsWith("/") === written.endsWith("/");
  if (!isFolder || !sameEnd) {
    alias.entry.closed(
      isOwn
        ? "answered with 403: an `alias` is a folder for a folder here"
        : "what is in a location inside is answered with 403: name its folder there with `root`",
    );
    return undefined;
  }
  alias.entry.carried("`root` with `mount`");
  return { root, mount: name.path.replace(/\/+$/, "") || undefined };
}

function files(level: Level, name: LocationName | undefined, { words }: ContentContext): Content {
  const folder = folderOf(level, name);
  if (folder === undefined) return { answers: [{ handler: CLOSED }] };
  const index = level.last("index");
  const isTaken = (each: string) => !each.includes("$") && (!each.includes("/") || isTakenPath(each));
  const isTakenPath = (each: string) => folder.mount === undefined && isSharedIndex(each);
  const all = index?.args ?? ["index.html"];
  const names = all.filter(isTaken);
  if (names.length === all.length) index?.entry.carried("`index`, and `rewrite` to what is shared by folders");
  else index?.entry.changed(`\`index\` without ${all.filter((each) => !isTaken(each)).join(", ")}`);
  const isListed = level.text("autoindex") === "on";
  level.last("autoindex")?.entry.carried("the handler");
  // Blocks inside do not inherit it.
  const tries = level.own("try_files").at(-1);
  const plain = staticAnswers({ ...folder, index: names, isListed });
  if (tries === undefined) return { answers: [...plain.indexes, { handler: plain.handler }] };
  const wanted = tries.args.slice(0, -1);
  const fallback = tries.args.at(-1) ?? "=404";
  const hasFolders = wanted.some((each) => /^\$(?:document_)?uri\/(?:index\.html)?$/.test(each));
  const isKnown = wanted.every((each) => /^\$(?:document_)?uri(?:\/(?:index\.html)?|\.html?)?$/.test(each));
  if (isKnown) tries.entry.carried("the handlers `file` and `rewrite`");
  else tries.entry.changed("only `$uri`, `$uri/` and `$uri.html` are tried");
  const suffixed = wanted.flatMap((each): Answer[] => {
    const suffix = /^\$(?:document_)?uri(\.html?)$/.exec(each)?.[1];
    if (suffix === undefined || folder.mount !== undefined) return [];
    const when = { exists: `${folder.root}{path}${suffix}` };
    return [{ when, handler: { type: "rewrite", to: `\${path}${suffix}` } }];
  });
  if (fallback === "=404") return { answers: [...plain.indexes, ...suffixed, { handler: plain.handler }] };
  if (fallback.startsWith("/") && !/[?$]/.test(fallback) && isStaticName(fallback) && suffixed.length === 0) {
    const { indexes, handler } = staticAnswers({ ...folder, index: names, isListed, fallback });
    return { answers: [...indexes, { handler }] };
  }
  const exists = folder.mount === undefined ? { exists: `${folder.root}{path}` } : undefined;
  if (exists === undefined) return closed(tries, "what is there cannot be told below an `alias`");
  const found: Answer = {
    when: hasFolders ? exists : { all: [exists, { not: { pathRegex: "/$" } }] },
    handler: plain.handler,
  };
  const before = [...(hasFolders ? plain.indexes : []), found, ...suffixed];
  const code = /^=(\d{3})$/.exec(fallback)?.[1];
  if (code !== undefined) return { answers: [...before, { handler: { type: "error", status: Number(code) } }] };
  if (fallback.startsWith("@")) return { answers: before, named: fallback };
  const to = addressOf(fallback.replace(/\?.*$/, "?$args"), words);
  if (to?.startsWith("/") !== true)
    return { answers: [...before, ...closed(tries, "its last address cannot be expressed here").answers] };
  if (/\?./.test(fallback) && !/\?\$(?:args|query_string)$/.test(fallback))
    tries.entry.changed("the query of the request is kept, and nothing is added to it");
  return { answers: [...before, { handler: { type: "rewrite", to } }] };
}
