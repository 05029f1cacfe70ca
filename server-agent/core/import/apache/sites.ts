/** `<VirtualHost>` and the server around it as virtual hosts. */
import type { Listener, VirtualHost } from "../../../contract/config.ts";
import type { Rule } from "../../../contract/rules/rule.ts";
import { hostsOf } from "../../apache/server-names.ts";
import { clientCertificateRules } from "../document/client-certificates.ts";
import type { Draft } from "../document/draft.ts";
import { CLOSED } from "../document/finish.ts";
import { Level, type Statement } from "../document/statements.ts";
import { isStaticName } from "../document/static-files.ts";
import { type SiteContext, siteRules } from "./site-rules.ts";

/**
 * @param host `<VirtualHost>`; undefined: the server itself is the only site.
 * @param listeners On which visitors come to it.
 */
export function addSite(host: Statement | undefined, listeners: readonly Listener[], context: SiteContext): void {
  const { draft, server } = context;
  const level = new Level(host?.body ?? [], new Level(server));
  const hosts = namesOf(level);
  const isSecure = /^on$/i.test(level.text("sslengine"));
  level.last("sslengine")?.entry.carried("`tls` of the listener");
  if (isSecure) for (const listener of listeners) listener.tls ??= true;
  const rules = [...clientCertificates(level, listeners, isSecure, draft), ...siteRules(level, context)];
  const everywhere = draft.listeners.every((listener) => listeners.includes(listener));
  const pages = errorPagesOf(level);
  const accessLog = accessLogOf(level);
  const tls = certificateOf(level);
  const virtualHost: VirtualHost = {
    id: draft.id(hosts.find((name) => !/^[*~]/.test(name)) ?? "default"),
    hosts: hosts.length > 0 ? hosts : ["~.*"],
    ...(everywhere ? {} : { when: { listener: listeners.map(({ name }) => name) } }),
    rules: rules.length > 0 ? rules : [{ handler: CLOSED }],
    ...(Object.keys(pages).length === 0 ? {} : { errorPages: pages }),
    ...(accessLog === undefined ? {} : { accessLog }),
    ...(isSecure && tls !== undefined ? { tls } : {}),
  };
  host?.entry.carried(`the virtual host ${virtualHost.id}`);
  const named = level.own("servername", "serveralias").map(({ entry }) => entry);
  draft.virtualHosts.push(draft.from([...(host === undefined ? [] : [host.entry]), ...named], virtualHost));
}

function namesOf(level: Level): string[] {
  const [name] = level.own("servername").slice(-1);
  const aliases = level.own("serveralias").flatMap(({ args }) => args);
  const { hosts, unusable } = hostsOf([...(name?.args.slice(0, 1) ?? []), ...aliases]);
  const said = level.own("servername", "serveralias");
  for (const { entry } of said) entry.carried("`hosts`");
  for (const message of unusable) said[0]?.entry.left(message);
  return [...hosts];
}

function accessLogOf(level: Level): string | undefined {
  const log = level.nearest("customlog", "transferlog").at(-1);
  const [file = "", format] = log?.args ?? [];
  if (!file.startsWith("/")) return undefined;
  if (format === "combined") log?.entry.carried("`accessLog`");
  else log?.entry.changed("`accessLog`, in combined format");
  return file;
}

function certificateOf(level: Level): { certificate: string; key: string } | undefined {
  const certificate = level.text("sslcertificatefile");
  const key = level.text("sslcertificatekeyfile");
  const hasFiles = certificate.startsWith("/") && key.startsWith("/");
  for (const name of ["sslcertificatefile", "sslcertificatekeyfile"])
    if (hasFiles) level.last(name)?.entry.carried("`tls`");
    else level.last(name)?.entry.left("`tls` of the site needs the absolute paths of a certificate and its key");
  level
    .last("sslcertificatechainfile")
    ?.entry.left("put these certificates behind that of the site, into the file that `certificate` of `tls` names");
  return hasFiles ? { certificate, key } : undefined;
}

function errorPagesOf(level: Level): Record<string, string> {
  const root = level.text("documentroot").replace(/\/+$/, "");
  const pages: Record<string, string> = {};
  for (const { args, entry } of level.nearest("errordocument")) {
    const [code = "", url = ""] = args;
    // The source of a program is not to be sent as a page.
    const isFile = /^\/[^?#]*$/.test(url) && isStaticName(url);
    if (!/^[45]\d\d$/.test(code) || !isFile || !root.startsWith("/")) {
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
