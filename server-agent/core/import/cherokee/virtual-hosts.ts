/** Virtual servers of Cherokee as virtual hosts: names, certificates, error pages, logs. */
import type { SiteTls, VirtualHost } from "../../../contract/config.ts";
import type { Rule } from "../../../contract/rules/rule.ts";
import { quote } from "../../wording.ts";
import { clientCertificateRules } from "../document/client-certificates.ts";
import type { Draft } from "../document/draft.ts";
import { CLOSED } from "../document/finish.ts";
import type { Entry } from "../document/report.ts";
import { isSharedIndex } from "../document/static-files.ts";
import { errorPagesOf } from "./error-pages.ts";
import { hostsOf, type Names } from "./names.ts";
import { trustProxies } from "./real-address.ts";
import { rulesOf, type SiteContext } from "./rules.ts";
import type { Node } from "./tree.ts";

export type ServerContext = Omit<SiteContext, "index" | "root" | "isRootKnown">;

const DEFAULT_INDEX = ["index.html"];

/** @param servers Children of `vserver`. */
export function addVirtualHosts(servers: readonly Node[], context: ServerContext): void {
  const enabled = servers.filter((node) => {
    if (!node.flag("disabled", false)) return true;
    node.rest((entry) => {
      entry.left("the virtual server is disabled");
    });
    return false;
  });
  const last = enabled.at(-1);
  const named = enabled.slice(0, -1).map((node) => ({ node, names: hostsOf(node, context.listeners) }));
  // Cherokee compares nicknames only when no `match` of any server fits.
  const ordered = [...named.filter(({ names }) => names.hasMatch), ...named.filter(({ names }) => !names.hasMatch)];
  for (const { node, names } of ordered) addSite(node, names, context);
  if (last === undefined) return;
  for (const part of [last.at("match"), last.at("nick")])
    part?.rest((entry) => {
      entry.carried("the catch-all, which answers for every name that is left");
    });
  addSite(last, { hosts: ["*"], hasMatch: true }, context);
}

function addSite(node: Node, names: Names, context: ServerContext): void {
  const { draft } = context;
  if (names.hosts.length === 0) {
    node.rest((entry) => {
      entry.closed("the site is left out, because none of its names can be expressed here");
    });
    return;
  }
  const root = node.text("document_root").replace(/(.)\/+$/, "$1");
  const evhost = rootByHost(node);
  const index = indexOf(node, evhost === undefined);
  const site: SiteContext = { ...context, index, root: evhost ?? root, isRootKnown: evhost !== "" };
  node.at("document_root")?.carried("`root` of its handlers");
  const rules = [
    ...clientCertificates(node, context),
    ...bodyLimit(node, draft.from.bind(draft)),
    ...rulesOf(node.at("rule"), site),
  ];
  const pages = errorPagesOf(node, root);
  const accessLog = accessLogOf(node, draft);
  const certificate = certificateOf(node);
  const entries = [node.at("nick"), node.at("match")].flatMap((part) => part?.entries() ?? []);
  const virtualHost: VirtualHost = {
    id: draft.id(node.text("nick") || `vserver-${node.key}`),
    hosts: names.hosts,
    ...(names.when === undefined ? {} : { when: names.when }),
    rules: rules.length > 0 ? rules : [{ handler: CLOSED }],
    ...(Object.keys(pages).length === 0 ? {} : { errorPages: pages }),
    ...(accessLog === undefined ? {} : { accessLog }),
    ...(certificate === undefined ? {} : { tls: certificate }),
    ...https(node, context),
  };
  draft.virtualHosts.push(draft.from(entries.length > 0 ? entries : node.entries(), virtualHost));
  reportRest(node);
}

/** @param isOneFolder The site has the same folder for every host. */
function indexOf(node: Node, isOneFolder: boolean): readonly string[] {
  const named = node.at("directory_index");
  if (named === undefined) return DEFAULT_INDEX;
  const all = node.list("directory_index");
  const taken = all.filter((name) => !name.includes("/") || (isOneFolder && isSharedIndex(name)));
  if (taken.length === all.length) named.carried("`index` of its handlers, and `rewrite` to what is shared by folders");
  else
    named.entry?.changed(
      `\`index\` of its handlers: without ${all.filter((name) => !taken.includes(name)).join(", ")}`,
    );
  return taken;
}

/** A folder by the name of the host; `""` where it cannot be said, undefined without one. */
function rootByHost(node: Node): string | undefined {
  const evhost = node.at("evhost");
  if (evhost === undefined) return undefined;
  const template = evhost.text("tpl_document_root");
  const root = template.replaceAll("${domain}", "${host}").replace(/(.)\/+$/, "$1");
  const isKnown = root.startsWith("/") && !/\$\{(?!host\})/.test(root);
  const fallsBack = evhost.flag("check_document_root", true);
  evhost.rest((entry) => {
    if (isKnown && fallsBack)
      entry.changed(
        `\`root\`: ${quote(root)}; a host without such a folder gets 404, and not what \`document_root\` has`,
      );
    else if (isKnown) entry.carried(`\`root\`: ${quote(root)}`);
    else
      entry.closed(
        "answered with 403: its folder has parts of the host that cannot be named here; use `${host1}` and a regular expression in `hosts`",
      );
  });
  return isKnown ? root : "";
}

function bodyLimit(node: Node, from: (entries: readonly Entry[], rule: Rule) => Rule): Rule[] {
  const limit = node.at("post_max_len");
  const bytes = Number(limit?.value ?? "");
  if (limit === undefined || !Number.isSafeInteger(bytes) || bytes <= 0) return [];
  limit.carried("`maxBodyBytes`");
  return [from(limit.entries(), { maxBodyBytes: bytes })];
}

function accessLogOf(node: Node, draft: Draft): string | undefined {
  const logger = node.at("logger");
  if (logger !== undefined) trustProxies(logger, draft);
  const access = logger?.at("access");
  const file = access?.text("filename") ?? "";
  if (
    logger === undefined ||
    !["combined", "ncsa"].includes(logger.value) ||
    access?.text("type") !== "file" ||
    !file.startsWith("/")
  ) {
    logger?.rest((entry) => {
      entry.left("the access log of a site is a file in combined format; name one in `accessLog`");
    });
    return undefined;
  }
  if (logger.value === "combined") logger.carried("`accessLog`");
  else logger.entry?.changed("`accessLog`: in combined format");
  for (const key of ["type", "filename", "buffsize", "bufsize"]) access.at(key)?.carried("`accessLog`");
  logger.rest((entry) => {
    entry.left("the access log has no such option");
  });
  return file;
}

function certificateOf(node: Node): SiteTls | undefined {
  const certificate = node.text("ssl_certificate_file");
  const key = node.text("ssl_certificate_key_file");
  for (const name of ["ssl_ciphers", "ssl_cipher_server_preference", "ssl_compression", "ssl_dh_length"])
    node.at(name)?.rest((entry) => {
      entry.left("the agent speaks TLS 1.2 and 1.3 with the ciphers of Mozilla's intermediate configuration");
    });
  if (!certificate.startsWith("/") || !key.startsWith("/")) return undefined;
  node.at("ssl_certificate_file")?.carried("`tls`");
  node.at("ssl_certificate_key_file")?.carried("`tls`");
  return { certificate, key };
}

function clientCertificates(node: Node, { draft }: ServerContext): Rule[] {
  const clients = node.text("ssl_client_certs");
  const parts = ["ssl_ca_list_file", "ssl_verify_depth"].map((name) => node.at(name)?.entry);
  if (clients === "" || clients === "skip") {
    for (const entry of [node.at("ssl_client_certs")?.entry, ...parts]) entry?.carried("nothing, as in Cherokee");
    return [];
  }
  return clientCertificateRules(draft, {
    listeners: draft.listeners.filter(({ tls }) => tls !== undefined),
    ca: node.text("ssl_ca_list_file"),
    isRequired: clients === "require",
    entry: node.at("ssl_client_certs")?.entry,
    others: parts,
  });
}

const YEAR_SECONDS = 31_536_000;

function https(node: Node, { hasTls }: ServerContext): Pick<VirtualHost, "hsts" | "redirectToHttps"> {
  const hsts = node.at("hsts");
  if (hsts === undefined || !node.flag("hsts", false) || !hasTls) return {};
  hsts.rest((entry) => {
    entry.carried("`hsts` and `redirectToHttps`");
  });
  const maxAge = Math.min(Number(hsts.text("max_age") || String(YEAR_SECONDS)) || YEAR_SECONDS, 10 * YEAR_SECONDS);
  return {
    hsts: { maxAge, ...(hsts.flag("subdomains", true) ? { includeSubDomains: true } : {}) },
    redirectToHttps: { status: 301 },
  };
}

const WITHOUT_COUNTERPART: Readonly<Record<string, string>> = {
  collector: "the agent counts by itself; see `backsoon-agent status`",
  collect_statistics: "the agent counts by itself; see `backsoon-agent status`",
  error_writer: "the agent writes one log of its own",
  flcache: "the agent does not cache responses of applications",
  hsts: "visitors do not come over TLS here",
  keepalive: "connections are kept open while visitors use them",
  logger: "the access log of a site is a file in combined format; name one in `accessLog`",
  user_dir: "there are no folders of users; write a rule for each, with `root` and `mount`",
};

function reportRest(node: Node): void {
  for (const [key, why] of Object.entries(WITHOUT_COUNTERPART))
    node.at(key)?.rest((entry) => {
      entry.left(why);
    });
  node.at("disabled")?.carried("a site that is not disabled");
}
