/** `<VirtualHost>` and the server around it as virtual hosts. */
import type { Listener, VirtualHost } from "../../../contract/config.ts";
import type { Rule } from "../../../contract/rules/rule.ts";
import { hostsOf } from "../../apache/server-names.ts";
import { isPassedOn } from "../../upstream-of.ts";
import type { Answer } from "../document/answer.ts";
import { clientCertificateRules } from "../document/client-certificates.ts";
import type { Draft } from "../document/draft.ts";
import { CLOSED } from "../document/finish.ts";
import { listenerName } from "../document/listener-name.ts";
import { allOf, folderMatch } from "../document/match.ts";
import { Level, type Statement } from "../document/statements.ts";
import { guardsOf, unknownGuards } from "./access.ts";
import { filesOf, proxyOf } from "./content.ts";
import { redirectOf, rewritesOf } from "./redirects.ts";
import { settingsOf } from "./settings.ts";
import { type Section, sectionsFor, type Space, spaceCondition } from "./spaces.ts";

export interface SiteContext {
  readonly draft: Draft;
  /** What holds for the whole server. */
  readonly server: readonly Statement[];
  readonly balancers: ReadonlyMap<string, readonly string[]>;
  /** What a folder says itself, by its path. */
  readonly ownOf: (folder: string) => readonly Statement[];
}

/** Undefined for a site that nobody can come to. */
export function addSite(host: Statement | undefined, listeners: readonly Listener[], context: SiteContext): void {
  const { draft, server } = context;
  const own = host?.body ?? [];
  const level = new Level(own, new Level(server));
  const names = [
    ...level
      .own("servername")
      .slice(-1)
      .flatMap(({ args }) => args.slice(0, 1)),
    ...level.own("serveralias").flatMap(({ args }) => args),
  ];
  const { hosts, unusable } = hostsOf(names);
  for (const { entry } of level.own("servername", "serveralias")) entry.carried("`hosts`");
  for (const message of unusable) level.own("servername", "serveralias")[0]?.entry.left(message);
  const isSecure = /^on$/i.test(level.text("sslengine"));
  level.last("sslengine")?.entry.carried("`tls` of the listener");
  if (isSecure) for (const listener of listeners) listener.tls ??= true;
  const rules = [...clientCertificates(level, listeners, isSecure, draft), ...siteRules(level, own, context)];
  const everywhere = draft.listeners.every((listener) => listeners.includes(listener));
  const pages = errorPagesOf(level);
  const log = level.nearest("customlog", "transferlog").at(-1);
  const file = log?.args[0] ?? "";
  if (file.startsWith("/") && log?.args.at(1) === "combined") log.entry.carried("`accessLog`");
  else if (file.startsWith("/")) log?.entry.changed("`accessLog`, in combined format");
  const certificate = level.text("sslcertificatefile");
  const key = level.text("sslcertificatekeyfile");
  for (const name of ["sslcertificatefile", "sslcertificatekeyfile"]) level.last(name)?.entry.carried("`tls`");
  const virtualHost: VirtualHost = {
    id: draft.id(hosts.find((name) => !/^[*~]/.test(name)) ?? "default"),
    hosts: hosts.length > 0 ? [...hosts] : ["~.*"],
    ...(everywhere ? {} : { when: { listener: listeners.map(({ name }) => name) } }),
    rules: rules.length > 0 ? rules : [{ handler: CLOSED }],
    ...(Object.keys(pages).length === 0 ? {} : { errorPages: pages }),
    ...(file.startsWith("/") ? { accessLog: file } : {}),
    ...(isSecure && certificate.startsWith("/") && key.startsWith("/") ? { tls: { certificate, key } } : {}),
  };
  host?.entry.carried(`the virtual host ${virtualHost.id}`);
  const entries = [
    ...(host === undefined ? [] : [host.entry]),
    ...level.own("servername", "serveralias").map(({ entry }) => entry),
  ];
  draft.virtualHosts.push(draft.from(entries, virtualHost));
}

function siteRules(level: Level, own: readonly Statement[], context: SiteContext): Rule[] {
  const { draft, server, balancers, ownOf } = context;
  const [documentRoot] = level.nearest("documentroot").slice(-1);
  documentRoot?.entry.carried("`root`");
  const root = documentRoot?.args[0]?.replace(/(.)\/+$/, "$1");
  const outer = [...server, ...own];
  const from = (statements: readonly Statement[], rule: Rule) =>
    draft.from(
      statements.map(({ entry }) => entry),
      rule,
    );
  const settings = [new Level(server), new Level(own)].map(settingsOf).filter((each) => Object.keys(each).length > 0);
  const rules: Rule[] = unknownGuards(outer, draft);
  const said = settings.map((each) =>
    from(
      [...server, ...own].filter(({ name }) => /header|filter|expires|limit/.test(name)),
      each,
    ),
  );
  rules.push(...said);
  const answer = (
    { when, handler }: Answer,
    scope = undefined as Rule["when"],
    statements: readonly Statement[] = own,
  ): void => {
    const all = allOf([scope, when]);
    rules.push(
      from(
        statements.filter(({ body }) => body === undefined),
        { ...(all === undefined ? {} : { when: all }), handler },
      ),
    );
  };
  for (const each of rewritesOf(own, root, undefined)) answer(each);
  for (const each of [...own, ...server].filter(({ name }) => name.startsWith("redirect")))
    answer(redirectOf(each), undefined, [each]);
  // An address that an application has is in no folder.
  const passes = [...own, ...server].flatMap((each) => passOf(each, level, balancers, draft));
  for (const { path, handler } of passes.sort((a, b) => b.path.length - a.path.length)) {
    const space: Space = { mount: path.replace(/\/+$/, ""), root: undefined };
    if (handler === undefined) continue;
    const others = passes.filter((each) => each.handler === undefined && each.path.startsWith(path));
    const scope = allOf([
      spaceCondition(space),
      ...others.map((each) => ({ not: folderMatch(each.path).when ?? { path: "/*" } })),
    ]);
    const sections = sectionsFor(space, outer);
    rules.push(...guardsOf(sections, scope, draft), ...sectionSettings(sections, scope, isPassedOn(handler), draft));
    answer({ handler }, scope);
  }
  const aliases = [...own, ...server].flatMap((each) => aliasOf(each));
  const spaces = aliases.sort((a, b) => b.mount.length - a.mount.length);
  if (root !== undefined) spaces.push({ mount: "", root });
  for (const space of spaces) {
    const scope = spaceCondition(space);
    const folder = space.root === undefined ? [] : ownOf(space.root);
    const sections = sectionsFor(space, outer);
    const at = sections.findIndex(({ statement }) => !statement.name.startsWith("directory"));
    const local = folderSection(space, folder, sections);
    if (local !== undefined) sections.splice(at < 0 ? sections.length : at, 0, local);
    rules.push(...guardsOf(sections, scope, draft), ...sectionSettings(sections, scope, false, draft));
    for (const section of sections)
      if (section.when === true && section.statement.name.startsWith("directory"))
        for (const each of rewritesOf(section.level.statements, space.root, space.mount))
          answer(each, scope, section.level.statements);
    for (const each of filesOf(space, sections, [...server, ...own], draft)) answer(each, scope);
  }
  if (root === undefined) rules.push({ handler: { type: "error", status: 404 } });
  return rules;
}

/** What `.htaccess` says, if it is asked. */
function folderSection(space: Space, body: readonly Statement[], sections: readonly Section[]): Section | undefined {
  const override = sections
    .filter(({ when }) => when === true)
    .flatMap(({ level }) => level.own("allowoverride"))
    .at(-1);
  const isAsked = override !== undefined && !/^none$/i.test(override.args[0] ?? "");
  if (isAsked)
    override.entry.changed(
      `only \`.htaccess\` of ${space.root ?? ""} is read: look for others below it, and close what they close`,
    );
  if (!isAsked || body.length === 0) {
    for (const { entry } of body) entry.left("`AllowOverride` does not ask it");
    return undefined;
  }
  const [first] = body;
  const statement: Statement = {
    name: "directory",
    args: [space.root ?? ""],
    entry: first?.entry ?? override.entry,
    body,
  };
  return { when: true, statement, level: new Level(body) };
}

function sectionSettings(
  sections: readonly Section[],
  scope: Rule["when"],
  isForApplication: boolean,
  draft: Draft,
): Rule[] {
  return sections.flatMap(({ when, level, statement }): Rule[] => {
    if (when === false) return [];
    const { maxBodyBytes, requestHeaders, ...others } = settingsOf(level);
    const settings = {
      ...others,
      ...(isForApplication && maxBodyBytes !== undefined ? { maxBodyBytes } : {}),
      ...(isForApplication && requestHeaders !== undefined ? { requestHeaders } : {}),
    };
    if (when === "unknown" || Object.keys(settings).length === 0) return [];
    const all = allOf([scope, when === true ? undefined : when]);
    return [draft.from<Rule>([statement.entry], { ...(all === undefined ? {} : { when: all }), ...settings })];
  });
}

interface Pass {
  readonly path: string;
  /** Undefined: no application has it (`!`). */
  readonly handler: Answer["handler"] | undefined;
}

function passOf(statement: Statement, level: Level, balancers: SiteContext["balancers"], draft: Draft): Pass[] {
  const preserveHost = /^on$/i.test(level.text("proxypreservehost"));
  level.last("proxypreservehost")?.entry.carried("`preserveHost`");
  const inLocation = statement.name === "location" ? (statement.body ?? []) : [];
  const found = [
    ...(statement.name === "proxypass"
      ? [{ pass: statement, path: statement.args[0] ?? "", args: statement.args.slice(1) }]
      : []),
    ...inLocation
      .filter(({ name }) => name === "proxypass")
      .map((pass) => ({ pass, path: statement.args[0] ?? "", args: pass.args })),
  ];
  for (const each of [statement, ...inLocation])
    if (each.name === "proxypassreverse") each.entry.carried("nothing: paths are the same");
  if (statement.name === "proxypassmatch") {
    statement.entry.closed("everything is answered with 403: use `ProxyPass` with a path");
    return [{ path: "/", handler: CLOSED }];
  }
  return found.map(({ pass, path, args }): Pass => {
    if (args[0] === "!") {
      pass.entry.carried("no handler `proxy`");
      return { path, handler: undefined };
    }
    const handler = proxyOf({ ...pass, args }, path, preserveHost, balancers, draft);
    if (typeof handler !== "string") return { path, handler };
    pass.entry.closed(`answered with 403: ${handler}`);
    return { path, handler: CLOSED };
  });
}

function aliasOf({ name, args, entry }: Statement): Space[] {
  if (name === "aliasmatch" || name === "scriptalias" || name === "scriptaliasmatch" || name === "wsgiscriptalias") {
    entry.closed("answered with 403: write a rule with the handler `file`, `cgi` or `uwsgi`");
    const isPath = !name.endsWith("match") && args[0]?.startsWith("/") === true;
    return isPath
      ? [{ mount: (args[0] ?? "").replace(/\/+$/, ""), root: undefined }]
      : [{ mount: "", root: undefined }];
  }
  if (name !== "alias") return [];
  const [path = "", folder = ""] = args;
  entry.carried("`root` with `mount`");
  return [{ mount: path.replace(/\/+$/, ""), root: folder.replace(/(.)\/+$/, "$1") }];
}

function errorPagesOf(level: Level): Record<string, string> {
  const root = level.text("documentroot").replace(/\/+$/, "");
  const pages: Record<string, string> = {};
  for (const { args, entry } of level.nearest("errordocument")) {
    const [code = "", url = ""] = args;
    if (!/^[45]\d\d$/.test(code) || !/^\/[^?#]*$/.test(url) || !root.startsWith("/")) {
      entry.left("an error page is a file of the site, for 400 to 599");
      continue;
    }
    pages[code] = root + url;
    entry.carried(`\`errorPages\`: ${root}${url}`);
  }
  return pages;
}

function clientCertificates(level: Level, listeners: readonly Listener[], isSecure: boolean, draft: Draft): Rule[] {
  const verify = level.last("sslverifyclient");
  if (!isSecure || verify === undefined || /^none$/i.test(verify.args[0] ?? "")) return [];
  return clientCertificateRules(draft, {
    listeners,
    ca: level.text("sslcacertificatefile"),
    isRequired: /^require$/i.test(verify.args[0] ?? ""),
    entry: verify.entry,
    others: [level.last("sslcacertificatefile")?.entry],
  });
}

export function addListener(draft: Draft, statement: Statement, address: string, port: number): Listener {
  const known = draft.listeners.find((each) => each.address === address && each.port === port);
  if (known !== undefined) return known;
  const isSecure = statement.args.includes("https") || port === 443;
  const listener: Listener = { name: draft.id(listenerName(isSecure, address, port)), address, port };
  draft.listeners.push(draft.from([statement.entry], listener));
  return listener;
}
