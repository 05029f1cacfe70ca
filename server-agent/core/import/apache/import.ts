/** Makes a configuration of that of Apache. */
import { Draft } from "../document/draft.ts";
import { ipRanges } from "../document/ip-ranges.ts";
import { type Statement, sayOfAll } from "../document/statements.ts";
import type { ImportFault, Surroundings } from "../document/surroundings.ts";
import { addListeners, listenersOf } from "./listeners.ts";
import { ApacheReader } from "./read.ts";
import { addSite } from "./sites.ts";

export function importApache(
  file: string,
  text: string,
  surroundings: Surroundings,
): { ok: true; draft: Draft } | ImportFault {
  const draft = new Draft();
  const reader = new ApacheReader(file, draft.report, surroundings);
  const top = reader.text(file, text);
  const unread = reader.fault();
  if (unread !== undefined) return unread;
  const hosts = top.filter(({ name }) => name === "virtualhost");
  const server = top.filter(({ name }) => name !== "virtualhost");
  if (hosts.length === 0 && !server.some(({ name }) => name === "documentroot"))
    return { ok: false, file, line: 1, message: "it has neither a `<VirtualHost>` nor a `DocumentRoot`" };
  for (const listen of server.filter(({ name }) => name === "listen")) addListeners(listen, draft);
  trustProxies([...server, ...hosts.flatMap(({ body = [] }) => body)], draft);
  const folders = new Map<string, readonly Statement[]>();
  const context = {
    draft,
    server,
    balancers: balancersOf(server, hosts),
    ownOf: (folder: string) => {
      const known = folders.get(folder);
      if (known !== undefined) return known;
      const own = surroundings.textOf(`${folder}/.htaccess`);
      const statements = own === undefined ? [] : reader.text(`${folder}/.htaccess`, own);
      folders.set(folder, statements);
      return statements;
    },
    foldersBelow: (folder: string) => surroundings.foldersWith(".htaccess", folder),
    isWhole: /\/(?:apache2|httpd)\.conf$/.test(file) || reader.hasModules(),
  };
  // Apache takes the first that has the name; those without one come last.
  const isNamed = ({ body = [] }: Statement) => body.some(({ name }) => name === "servername");
  for (const host of [...hosts.filter(isNamed), ...hosts.filter((each) => !isNamed(each))])
    addSite(host, listenersOf(host, draft), context);
  if (hosts.length === 0) addSite(undefined, draft.listeners, context);
  // Files of folders are read on the way.
  const unreadFolder = reader.fault();
  if (unreadFolder !== undefined) return unreadFolder;
  for (const statement of [...top, ...Array.from(folders.values()).flat()]) reportRest(statement);
  return { ok: true, draft };
}

/** Addresses are compared with those of visitors, whom a proxy in front names (mod_remoteip). */
function trustProxies(statements: readonly Statement[], draft: Draft): void {
  for (const { name, args, entry } of statements) {
    if (name === "remoteipheader") {
      draft.knowsVisitors &&= /^(?:x-forwarded-for|cf-connecting-ip)$/i.test(args[0] ?? "");
      entry.changed("`trustedProxies`: visitors are known by `X-Forwarded-For`");
    } else if (/^remoteip(?:internal|trusted)proxy$/.test(name)) {
      const { known, unknown } = ipRanges(args);
      for (const range of known) draft.trustedProxies.add(range);
      if (unknown.length === 0) entry.carried("`trustedProxies`, for all sites");
      else entry.left("only addresses can be trusted here; name them in `trustedProxies`");
    } else if (/^remoteip\w+proxylist$/.test(name)) entry.left("name the addresses of the file in `trustedProxies`");
  }
}

/** Members of `<Proxy balancer://NAME>`, as targets. */
function balancersOf(server: readonly Statement[], hosts: readonly Statement[]): Map<string, string[]> {
  const proxies = [server, ...hosts.map(({ body = [] }) => body)].flat().filter(({ name }) => name === "proxy");
  return new Map(
    proxies.flatMap(({ args, entry, body = [] }) => {
      const name = /^balancer:\/\/([^/]*)/.exec(args[0] ?? "")?.[1];
      if (name === undefined) return [];
      entry.carried("an upstream");
      const members = body.filter((each) => each.name === "balancermember");
      for (const member of members) member.entry.carried("a target; all are used in turn (round robin)");
      return [[name, members.map((member) => (member.args[0] ?? "").replace(/\/+$/, ""))] as const];
    }),
  );
}

const OF_THE_SERVER =
  /^(?:user|group|pidfile|timeout|keepalive\w*|maxkeepaliverequests|loglevel|errorlog\w*|logformat|mutex|defaultruntimedir|hostnamelookups|serversignature|servertokens|serveradmin|traceenable|startservers|\w*sparethreads|\w*sparethreads|threads\w*|threadlimit|serverlimit|maxrequestworkers|maxconnectionsperchild|typesconfig|accessfilename|allowoverride|options|add(?:type|encoding|language|charset|icon\w*|description)|defaulticon|index\w+|readmename|headername|fileetag|enablesendfile|enablemmap|usecanonical\w+|ssl(?:session\w*|ciphersuite|protocol|honorcipherorder|random\w*|passphrase\w*|options|stapling\w*|usestapling|compression)|protocols\w*|h2\w+|setenvif\w*|browsermatch\w*|languagepriority|forcelanguagepriority|adddefaultcharset|defaulttype|proxyrequests|proxyvia|proxytimeout|expiresactive|deflate\w*|requestreadtimeout|extendedstatus|proxystatus|setenv|passenv|unsetenv)$/;

function reportRest(statement: Statement): void {
  const { name, entry, body } = statement;
  if (
    body !== undefined &&
    entry.outcome === undefined &&
    /^(?:directory|location|files)(?:match)?$|^virtualhost$/.test(name)
  )
    entry.carried("`when` of rules");
  if (entry.outcome === undefined && OF_THE_SERVER.test(name))
    sayOfAll(statement, (each) => {
      each.left("the agent controls this itself");
    });
  for (const inner of body ?? []) reportRest(inner);
}
