/** Server blocks as virtual hosts: listeners, names, certificates, error pages, logs. */
import type { Condition } from "../../../contract/condition.ts";
import type { Listener, SiteTls, VirtualHost } from "../../../contract/config.ts";
import type { Rule } from "../../../contract/rules/rule.ts";
import { type Listen, listensOf } from "../../nginx/listens.ts";
import { hostsOf } from "../../nginx/server-names.ts";
import { matchesHost, parseHostPattern } from "../../routing/host-pattern.ts";
import { quote } from "../../wording.ts";
import { clientCertificateRules } from "../document/client-certificates.ts";
import type { Draft } from "../document/draft.ts";
import { CLOSED } from "../document/finish.ts";
import { listenerName } from "../document/listener-name.ts";
import { allOf } from "../document/match.ts";
import type { Entry } from "../document/report.ts";
import { Level, sayOfAll, type Statement } from "../document/statements.ts";
import type { ContentContext } from "./content.ts";
import { errorPagesOf } from "./error-pages.ts";
import { isForCertificates, redirectsToHttps } from "./https.ts";
import { locationRulesOf, rulesOf } from "./locations.ts";

interface ServerContext {
  readonly draft: Draft;
  readonly upstreams: ReadonlyMap<string, Statement>;
}

interface Server {
  readonly statement: Statement;
  readonly level: Level;
  readonly hosts: string[];
  /** Names of listeners, with whether they speak TLS. */
  readonly listeners: Map<string, boolean>;
  /** Of these only those on which nobody but this machine comes to it. */
  readonly local: Set<string>;
  /** Of these it answers for names that nobody lists. */
  readonly isDefault: boolean;
  /** The block that leads its visitors to TLS, and with which status. */
  redirect: { readonly status: 301 | 308; readonly plain: Level } | undefined;
}

export function addServers(servers: readonly Statement[], http: Level, context: ServerContext): void {
  const read = readServers(servers, http, context.draft);
  const kept = new Set(read);
  for (const plain of read) {
    const status = redirectsToHttps(plain.statement, plain.hosts, [...plain.listeners.values()]);
    const secure = read.find(
      (other) => other !== plain && [...other.listeners.values()].includes(true) && covers(other.hosts, plain.hosts),
    );
    if (status === undefined || secure === undefined || plain.hosts.length === 0) continue;
    kept.delete(plain);
    for (const [name, tls] of plain.listeners) {
      if (plain.local.has(name) && !secure.listeners.has(name)) secure.local.add(name);
      secure.listeners.set(name, tls);
    }
    secure.redirect = { status, plain: plain.level };
    plain.statement.entry.carried("`redirectToHttps` of the site");
    for (const each of plain.level.statements)
      if (!isForCertificates(each))
        sayOfAll(each, (entry) => {
          entry.carried("`redirectToHttps` of the site");
        });
  }
  const sites = [...kept].sort((a, b) => rankOf(a) - rankOf(b));
  for (const [index, site] of sites.entries()) warnOfOrder(site, sites.slice(0, index));
  for (const site of sites) addSite(site, context);
}

function covers(hosts: readonly string[], others: readonly string[]): boolean {
  return others.every((host) => hosts.includes(host));
}

/** nginx takes exact names first, then the longest wildcard, then expressions; a default last. */
function rankOf(server: Server): number {
  // It looks at the address that is asked first.
  return rankOfNames(server) - (server.local.size > 0 ? 0.5 : 0);
}

function rankOfNames({ hosts }: Server): number {
  if (hosts.length === 0) return 1_000_000;
  if (hosts.some((host) => host.startsWith("~"))) return 100_000;
  const wildcards = hosts.filter((host) => host.startsWith("*"));
  return wildcards.length === 0 ? 0 : 10_000 - Math.min(...wildcards.map((host) => host.length));
}

/** A site above may have a wildcard for an exact name of this one. */
function warnOfOrder(site: Server, above: readonly Server[]): void {
  const names = site.hosts.filter((host) => !/^[*~]/.test(host));
  const patterns = above.flatMap(({ hosts }) => hosts.filter((host) => /^[*~]/.test(host)));
  for (const name of names)
    if (patterns.some((text) => isMatched(text, name)))
      for (const statement of site.level.own("server_name"))
        statement.entry.changed(`${quote(name)} is answered by a site above with a wildcard; move this one up`);
}

function isMatched(text: string, name: string): boolean {
  const parsed = parseHostPattern(text);
  return parsed.ok && matchesHost(parsed.pattern, name);
}

function readServers(servers: readonly Statement[], http: Level, draft: Draft): Server[] {
  const names = new Map<string, string>();
  const defaults = new Set<string>();
  const found = servers.map((statement) => {
    const level = new Level(statement.body ?? [], http);
    return { statement, level, ...listensOf(blockOf(statement)) };
  });
  const explicit = new Set(
    found.flatMap(({ listens }) => listens.filter((each) => each.defaultServer).map((each) => keyOf(each))),
  );
  const all = new Set(
    found.flatMap(({ level, listens }) => [...listens, ...withIpv4(level, listens)].map((each) => keyOf(each))),
  );
  return found.map(({ statement, level, listens, skipped }): Server => {
    const listeners = new Map<string, boolean>();
    const local = new Set<string>();
    let isDefault = false;
    for (const listen of [...listens, ...withIpv4(level, listens)]) {
      const own = keyOf(listen);
      isDefault ||= explicit.has(own) ? listen.defaultServer : !defaults.has(own);
      defaults.add(own);
      // A listener for all addresses of a port takes what comes to each of them.
      const around = keyOf({ ...listen, address: listen.address.includes(":") ? "::" : "0.0.0.0" });
      const key = all.has(around) ? around : own;
      const isHere = key !== own && listens.some((each) => keyOf(each) === key);
      if (key !== own) for (const { entry } of listensAt(level, listen)) reportTaken(entry, listen, isHere);
      if (key !== own && (isHere || !isLoopback(listen.address))) continue;
      const [address = "", port = ""] = key.split(" ");
      const known = names.get(key);
      const name = known ?? draft.id(listenerName(listen.tls, address, port));
      names.set(key, name);
      const listener =
        draft.listeners.find((each) => each.name === name) ??
        addListener(draft, statement, { name, address, port: Number(port) });
      if (listen.tls) listener.tls ??= true;
      if (listen.proxyProtocol) listener.proxyProtocol = true;
      if (listen.http2 && !listen.tls && key === own) listener.http2 ??= true;
      if (key !== own) local.add(name);
      listeners.set(name, listener.tls !== undefined);
    }
    for (const { args, entry } of level.own("listen"))
      if (args.includes("quic")) entry.left("the agent does not speak HTTP/3");
      else entry.carried("a listener");
    for (const { line, message } of skipped)
      level
        .own("listen")
        .find(({ entry }) => entry.line === line)
        ?.entry.left(message);
    const written = level.own("server_name").flatMap(({ args }) => args);
    const { hosts, unusable } = hostsOf(written, "localhost");
    for (const { entry } of level.own("server_name")) entry.carried("`hosts`");
    for (const message of unusable) level.own("server_name")[0]?.entry.left(message);
    return { statement, level, hosts: [...hosts], listeners, local, isDefault, redirect: undefined };
  });
}

function addListener(draft: Draft, statement: Statement, listener: Listener): Listener {
  draft.listeners.push(draft.from([statement.entry], listener));
  return listener;
}

/** `listen [::]:80 ipv6only=off` takes visitors of IPv4, too. */
function withIpv4(level: Level, listens: readonly Listen[]): Listen[] {
  const ports = level
    .own("listen")
    .filter(({ args }) => args.includes("ipv6only=off"))
    .map(({ args }) => Number(/:(\d+)$/.exec(args[0] ?? "")?.[1] ?? 80));
  return listens
    .filter(({ address, port }) => address === "::" && ports.includes(port))
    .map((listen) => ({ ...listen, address: "0.0.0.0" }));
}

/** A listener for all addresses has the port. @param isHere It is one of the same block. */
function reportTaken(entry: Entry, { address, port }: Listen, isHere: boolean): void {
  if (isHere) entry.carried("the listener for all addresses");
  else if (isLoopback(address))
    entry.changed("the listener for all addresses, for visitors from this machine (condition `from`)");
  else
    entry.left(
      `what comes here is answered as by the listener for all addresses of port ${String(port)}: give the site another port`,
    );
}

function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}

/** Lines that name the address and the port. */
function listensAt(level: Level, { address, port }: Listen): Statement[] {
  return level.own("listen").filter(({ args: [target = ""] }) => {
    const [, host = target, written = "80"] = /^(.*?)(?::(\d+))?$/.exec(target) ?? [];
    const names = [address, `[${address}]`, ...(address === "127.0.0.1" ? ["localhost"] : [])];
    return names.includes(host) && Number(written) === port;
  });
}

function keyOf({ address, port }: { address: string; port: number }): string {
  return `${address} ${String(port)}`;
}

function blockOf(statement: Statement) {
  const body = (statement.body ?? []).map(({ name, args, entry }) => ({
    file: entry.file,
    directive: { name, args, start: 0, end: 0, line: entry.line },
  }));
  return {
    file: statement.entry.file,
    directive: { name: "server", args: [], start: 0, end: 0, line: 0 },
    body,
    http: [],
  };
}

function addSite(server: Server, { draft, upstreams }: ServerContext): void {
  const { statement, level, hosts, listeners, local, isDefault, redirect } = server;
  const schemes = new Set(listeners.values());
  const scheme = schemes.size > 1 ? undefined : schemes.has(true) ? "https" : "http";
  const words = { scheme, serverName: hosts.find((host) => !/^[*~]/.test(host)) } as const;
  const content = { draft, upstreams, words };

  const rules = [
    ...(redirect === undefined ? [] : certificateRules(redirect.plain, content)),
    ...clientCertificates(level, listeners, draft),
    ...rulesOf(level, content),
  ];
  if (listeners.size === 0) {
    statement.entry.left("it has no listener here, so no request reaches it");
    return;
  }
  const isEverywhere = local.size === 0 && draft.listeners.every(({ name }) => listeners.has(name));
  const isCatchAll = hosts.length === 0 && isEverywhere;
  if (isDefault && hosts.length > 0 && level.own("listen").length > 0)
    level.own("server_name")[0]?.entry.changed("`hosts`; other names, which nginx answers from here, get 404");
  if (hosts.length === 0 && !isDefault) {
    statement.entry.left("it has no name and is not the default of a listener, so no request reaches it");
    return;
  }
  const tls = certificateOf(level, schemes.has(true));
  const accessLog = accessLogOf(level);
  const pages = errorPagesOf(level);
  const virtualHost: VirtualHost = {
    id: draft.id(hosts.find((host) => !/^[*~]/.test(host)) ?? "default"),
    hosts: isCatchAll ? ["*"] : hosts.length === 0 ? ["~.*"] : hosts,
    ...(isEverywhere ? {} : { when: reachedBy(server) }),
    rules: rules.length > 0 ? rules : [{ handler: CLOSED }],
    ...(Object.keys(pages).length === 0 ? {} : { errorPages: pages }),
    ...(accessLog === undefined ? {} : { accessLog }),
    ...(tls === undefined ? {} : { tls }),
    ...(redirect === undefined ? {} : { redirectToHttps: { status: redirect.status } }),
  };
  statement.entry.carried(`the virtual host ${virtualHost.id}`);
  const named = level.own("server_name").map(({ entry }) => entry);
  draft.virtualHosts.push(draft.from([statement.entry, ...named], virtualHost));
}

/** How visitors come to it. */
function reachedBy({ listeners, local }: Server): Condition {
  const open = [...listeners.keys()].filter((name) => !local.has(name));
  const own: Condition = { listener: [...local], from: ["127.0.0.0/8", "::1"] };
  if (local.size === 0) return { listener: open };
  return open.length === 0 ? own : { any: [{ listener: open }, own] };
}

/** What a block that leads to HTTPS answers itself, without TLS. */
function certificateRules(plain: Level, context: ContentContext): Rule[] {
  const rules = locationRulesOf(new Level(plain.statements.filter(isForCertificates), plain), context);
  return rules.map((rule) => {
    const when = allOf([{ not: { tls: true } }, rule.when]);
    return context.draft.from<Rule>(context.draft.originsOf(rule), {
      ...rule,
      ...(when === undefined ? {} : { when }),
    });
  });
}

function clientCertificates(level: Level, listeners: ReadonlyMap<string, boolean>, draft: Draft): Rule[] {
  const verify = level.last("ssl_verify_client");
  if (verify === undefined || verify.args[0] === "off") return [];
  const ca = level.last("ssl_client_certificate");
  return clientCertificateRules(draft, {
    listeners: draft.listeners.filter(({ name }) => listeners.get(name) === true),
    ca: ca?.args[0] ?? "",
    isRequired: verify.args[0] === "on",
    entry: verify.entry,
    others: [ca?.entry],
  });
}

function certificateOf(level: Level, isSecure: boolean): SiteTls | undefined {
  const certificate = level.last("ssl_certificate");
  const key = level.last("ssl_certificate_key");
  const files = { certificate: certificate?.args[0] ?? "", key: key?.args[0] ?? "" };
  const isKnown = Object.values(files).every((file) => file.startsWith("/") && !file.includes("$"));
  for (const { entry } of [certificate, key].flatMap((statement) => statement ?? []))
    if (isSecure && isKnown) entry.carried("`tls`");
    else if (isSecure) entry.left("`tls` of the site needs the absolute paths of a certificate and its key");
  return isSecure && isKnown ? files : undefined;
}

function accessLogOf(level: Level): string | false | undefined {
  const log = level.last("access_log");
  const [file = "", format = "combined"] = log?.args ?? [];
  if (log === undefined || !file.startsWith("/") || file.includes("$")) {
    if (file !== "off") log?.entry.left("the access log of a site is a file");
    else log?.entry.carried("`accessLog`: none");
    return file === "off" ? false : undefined;
  }
  if (format === "combined") log.entry.carried("`accessLog`");
  else log.entry.changed("`accessLog`, in combined format");
  return file;
}
