import type { Config } from "../../contract/config.ts";
import type { Upstream } from "../../contract/upstream.ts";
import type { Handler } from "../../contract/handler.ts";
import type { Problem } from "../../contract/errors.ts";
import { suggestName } from "../nearest-name.ts";
import { canonicalPath, isNormalisedPath } from "../routing/normalise-path.ts";
import { compileRegex } from "../routing/regex.ts";
import { listOf, quote } from "../wording.ts";
import { isFraming } from "./framing.ts";
import { type Protocol, upstreamOf } from "../upstream-of.ts";
import { parseTarget, targetOptions } from "./upstream-target.ts";

const PLACEHOLDERS = new Set(["host", "path", "query"]);

/** Adds what is wrong with a handler whose form is right. */
export function checkHandler(handler: Handler, config: Config, path: string, problems: Problem[]): void {
  const problem = (field: string, code: string, message: string) =>
    problems.push({ path: `${path}/${field}`, code, message });
  switch (handler.type) {
    case "proxy":
      checkUpstream(handler, config, problems.length, problem);
      checkMountedPath(handler, problem);
      return;
    case "fastcgi":
    case "scgi":
    case "uwsgi":
      checkUpstream(handler, config, problems.length, problem);
      checkScripts(handler, problem);
      return;
    case "cgi":
      checkScripts({ extensions: ["cgi"], ...handler }, problem);
      checkNames(handler, ["interpreter"], problem);
      return;
    case "redirect":
      checkAddress(handler, problem);
      return;
    case "rewrite":
      checkRewrite(handler, problem);
      return;
    case "respond":
      for (const name of Object.keys(handler.headers ?? {})) {
        if (isFraming(name.toLowerCase()))
          problem(
            `headers/${name.replaceAll("~", "~0")}`,
            "handler.framing-header",
            `the server sets ${quote(name)} itself; remove it`,
          );
      }
      return;
    case "file":
    case "common":
      checkFallback(handler, problem);
      checkRoot(handler, problem);
      return;
    case "maintenance":
    case "listing":
      checkRoot(handler, problem);
      return;
    case "foreign":
      checkForeign(handler, config, problem);
      return;
    case "signedFile":
      checkNames(handler, ["root", "keyFile"], problem);
      return;
    case "serverInfo":
    case "emptyGif":
    case "error":
    case "drop":
      return;
  }
}

function checkRoot({ root }: { root?: string | undefined }, problem: Report): void {
  if (root?.includes("\0") === true)
    problem("root", "file.name", "a file name cannot contain a NUL character; remove it");
}

function checkFallback({ fallback }: { fallback?: string | undefined }, problem: Report): void {
  if (fallback === undefined) return;
  const isServed = isNormalisedPath(fallback) && !/\/(?!\.well-known\/)\.|\\/.test(fallback) && !fallback.endsWith("/");
  if (!isServed)
    problem(
      "fallback",
      "file.name",
      `${quote(fallback)} is no file below \`root\` that is served; write it like \`/index.html\``,
    );
}

function checkForeign({ server, listeners }: Handler & { type: "foreign" }, config: Config, problem: Report): void {
  const known = config.listeners.filter(({ foreign }) => foreign === server).map(({ name }) => name);
  for (const [index, name] of (listeners ?? []).entries())
    if (!known.includes(name))
      problem(
        `listeners/${String(index)}`,
        "listener.unknown",
        `there is no listener ${quote(name)} of ${server}; ${known.length === 0 ? "it has none" : `choose among ${listOf(known.map(quote), "and")}`}`,
      );
}

type Report = (field: string, code: string, message: string) => void;

const EXAMPLE: Readonly<Record<Protocol, string>> = {
  http: "http://127.0.0.1:3000",
  fcgi: "fcgi://unix:/run/php/php-fpm.sock",
  scgi: "scgi://127.0.0.1:4000",
  uwsgi: "uwsgi://unix:/run/uwsgi/app.sock",
};

/** The upstream is there, and speaks what the handler does. */
function checkUpstream(handler: Handler, { upstreams = {} }: Config, problemsBefore: number, problem: Report): void {
  const wanted = upstreamOf(handler);
  if (wanted === undefined) return;
  const { name, protocol } = wanted;
  const upstream = Object.hasOwn(upstreams, name) ? upstreams[name] : undefined;
  if (upstream === undefined) {
    const addition = `add it: "upstreams": { ${JSON.stringify(name.slice(0, 100))}: { "targets": ["${EXAMPLE[protocol]}"] } }`;
    const fitting = () => Object.keys(upstreams).filter((other) => protocolOf(upstreams[other]) === protocol);
    const wayOut = suggestName(name, fitting, problemsBefore) ?? addition;
    problem("upstream", "upstream.unknown", `there is no upstream ${quote(name)}; ${wayOut}`);
    return;
  }
  const spoken = protocolOf(upstream);
  if (spoken !== undefined && spoken !== protocol)
    problem(
      "upstream",
      "upstream.protocol",
      `the targets of ${quote(name)} speak ${spoken}, and \`${handler.type}\` needs ${protocol}: write them like \`${EXAMPLE[protocol]}\`, or choose another handler`,
    );
}

function checkMountedPath({ mount = "/", upstreamPath = "/" }: Handler & { type: "proxy" }, problem: Report): void {
  if (!isNormalisedPath(mount))
    problem("mount", "proxy.path", `no path of a request is below ${quote(mount)}; write it without dot segments`);
  if (canonicalPath(upstreamPath) !== upstreamPath)
    problem("upstreamPath", "proxy.path", `${quote(upstreamPath)} has dot segments; write where they lead`);
}

function protocolOf(upstream: Upstream | undefined): Protocol | undefined {
  const [first] = upstream?.targets ?? [];
  return first === undefined ? undefined : parseTarget(targetOptions(first).url)?.protocol;
}

/** Says what was requested, or would be taken for a proxy of the application's own (httpoxy). */
const OF_THE_REQUEST = new Set([
  "CONTENT_LENGTH",
  "CONTENT_TYPE",
  "HTTP_PROXY",
  "PATH_INFO",
  "PATH_TRANSLATED",
  "QUERY_STRING",
  "REMOTE_ADDR",
  "REQUEST_METHOD",
  "REQUEST_URI",
  "SCRIPT_FILENAME",
  "SCRIPT_NAME",
]);
/** Names of files, in these fields. */
function checkNames<Field extends string>(
  handler: Readonly<Partial<Record<Field, string | undefined>>>,
  fields: readonly Field[],
  problem: Report,
): void {
  for (const field of fields)
    if (handler[field]?.includes("\0") === true)
      problem(field, "file.name", "a file name cannot contain a NUL character; remove it");
}

const WITH_ROOT = ["extensions", "index", "fallback", "files", "scriptRoot"] as const;

function checkScripts(
  handler: Omit<Partial<Handler & { type: "fastcgi" }>, "type" | "upstream">,
  problem: Report,
): void {
  const { root, fallback, extensions = ["php"], params = {} } = handler;
  checkNames(handler, ["root", "fallback", "scriptRoot"], problem);
  for (const field of WITH_ROOT)
    if (root === undefined && handler[field] !== undefined)
      problem(
        field,
        "application.root",
        `\`${field}\` is about the files of a folder; name it in \`root\`, or remove \`${field}\``,
      );
  const isScript = (name: string) => extensions.some((each) => each === "*" || name.endsWith(`.${each}`));
  if (fallback !== undefined && !isScript(fallback))
    problem(
      "fallback",
      "application.fallback",
      `${quote(fallback)} is no script: its extension is not one of \`extensions\``,
    );
  else if (fallback !== undefined && /\/\.|\/\/|\\/.test(fallback))
    problem(
      "fallback",
      "application.fallback",
      `${quote(fallback)}: write it as the path of a file below \`root\`, such as \`/index.php\``,
    );
  for (const [name, value] of Object.entries(params)) {
    if (OF_THE_REQUEST.has(name))
      problem(`params/${name}`, "application.param", `the server sets ${quote(name)} by the request; remove it`);
    else if (value.includes("\0"))
      problem(`params/${name}`, "application.param", "a variable cannot contain a NUL character; remove it");
  }
}

function checkRewrite(handler: Handler & { type: "rewrite" }, problem: Report): void {
  const { to } = handler;
  if (!to.startsWith("/") && !to.startsWith("${path}"))
    problem(
      "to",
      "rewrite.target",
      `${quote(to)} leads out of the site; use an absolute path, or the \`redirect\` handler`,
    );
  else if (to.includes("#"))
    problem("to", "rewrite.target", `${quote(to)} has a fragment, which no server sees; remove it`);
  else checkAddress(handler, problem);
}

function checkAddress({ to, regex }: { to: string; regex?: string | undefined }, problem: Report): void {
  let groups = 0;
  if (regex !== undefined) {
    const compiled = compileRegex(regex);
    if (!compiled.ok) {
      problem("regex", "regex.invalid", compiled.message);
      return;
    }
    groups = compiled.regex.groupCount;
  }
  const target = refuseTarget(to);
  if (target !== undefined) problem("to", "redirect.target", target);
  for (const [, group, placeholder] of to.matchAll(/\$(?:([1-9])|\{([^}]*)\})/g)) {
    if (group !== undefined && Number(group) > groups) {
      const available =
        groups === 0
          ? regex === undefined
            ? "there is no `regex`; add one with a group"
            : "`regex` has no group; put parentheses around what is meant"
          : `\`regex\` has ${groups === 1 ? "one group" : `${String(groups)} groups`}`;
      problem("to", "redirect.group", `\`$${group}\` does not exist: ${available}`);
      return;
    }
    if (placeholder !== undefined && !PLACEHOLDERS.has(placeholder.replace(/^host[1-9]$/, "host"))) {
      problem(
        "to",
        "redirect.placeholder",
        `${quote(`\${${placeholder}}`)} is not known; use \`\${host}\`, \`\${path}\` or \`\${query}\``,
      );
      return;
    }
  }
}

/**
 * Only addresses that a browser fetches: no `javascript:`, and nothing whose host a visitor could
 * choose by his path.
 */
function refuseTarget(to: string): string | undefined {
  // eslint-disable-next-line no-control-regex -- control characters are what is refused
  if (/[\s\u0000-\u001f\u007f\\]/.test(to))
    return `${quote(to)} contains a space, a backslash or a control character; write them %-encoded`;
  if (/^https?:\/\/[^/?#]/i.test(to)) return undefined;
  if (/^\/(?:\/|\$\{path\})/.test(to)) {
    return `${quote(to)} can lead to another site, because \`//name\` is an address; the path starts with a slash already: write \`\${path}\`, or a full URL such as \`https://\${host}\${path}\``;
  }
  if (to.startsWith("/") || to.startsWith("${path}")) return undefined;
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(to)?.[1];
  return `${quote(to)} is ${scheme === undefined ? "not a target" : `a ${quote(`${scheme}:`)} address`}; use an absolute path such as \`/new\${path}\`, or an \`http://\` or \`https://\` URL`;
}
