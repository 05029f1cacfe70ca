/** Makes a configuration of what `caddy adapt` makes of a Caddyfile. */
import type { Listener, VirtualHost } from "../../../contract/config.ts";
import { addressOf, portOf, readAdapted } from "../../caddy/adapted.ts";
import { Draft } from "../document/draft.ts";
import { ipRanges } from "../document/ip-ranges.ts";
import { listenerName } from "../document/listener-name.ts";
import type { ImportFault } from "../document/surroundings.ts";
import { type JsonNode, readTree } from "./json-tree.ts";
import { clientRules, policyFor } from "./connections.ts";
import { rulesOf } from "./routes.ts";

/** Name of the authority in `acme`. */
const AUTHORITY = "letsencrypt";

export function importCaddy(file: string, text: string): { ok: true; draft: Draft } | ImportFault {
  const fault = (message: string): ImportFault => ({ ok: false, file, line: 1, message });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return fault("it is not JSON; take what `caddy adapt --config Caddyfile --pretty` prints");
  }
  const adapted = readAdapted(json);
  if (adapted === undefined) return fault("it is no configuration of Caddy; take what `caddy adapt` prints");
  const draft = new Draft();
  const tree = readTree(file, text, draft.report);
  const servers = tree.items("apps/http/servers");
  if (servers.length === 0) return fault("it has no `apps.http.servers`; take what `caddy adapt` prints");
  for (const [index, server] of servers.entries()) addServer(server, adapted.servers[index]?.tls === true, tree, draft);
  if (adapted.servers.some(({ redirected }) => redirected.length > 0)) addRedirects(adapted.httpPort, draft);
  tree.at("admin")?.left("the agent has its own admin socket");
  tree.at("logging")?.left("set `accessLog` of the site");
  tree.at("apps/http/http_port")?.carried("the listeners");
  tree.at("apps/http/https_port")?.carried("the listeners");
  tree.at("apps/tls")?.left("use `acme`, and `tls` of the site");
  tree.at("apps/pki")?.left("the agent has no CA of its own");
  return { ok: true, draft };
}

function addServer(server: JsonNode, isSecure: boolean, tree: JsonNode, draft: Draft): void {
  const routes = server.items("routes");
  const addresses = server.items("listen");
  const listeners = addresses.flatMap((node) => addListeners(node, isSecure, draft));
  const policies = server.items("tls_connection_policies");
  trustProxies(server, draft);
  const errors = server.items("errors/routes");
  for (const route of errors) route.left("error pages are files; list them in `errorPages` of the site");
  server.at("logs")?.left("set `accessLog` of the site");
  server.at("automatic_https")?.carried("`tls` of the sites");
  const sites = new Map<string, JsonNode[]>();
  for (const route of routes) {
    const key = hostsOf(route).join("\n");
    sites.set(key, [...(sites.get(key) ?? []), route]);
  }
  for (const [key, own] of sites) {
    const names = key === "" ? [] : key.split("\n");
    const asked = clientRules(names, policies, listeners, draft);
    const isClosed = asked.some(({ when }) => when === undefined);
    const rules = isClosed ? asked : [...asked, ...rulesOf(own, { draft, hosts: names })];
    const virtualHost: VirtualHost = {
      id: draft.id(names[0]?.replace("*", "all") ?? `default-${server.key}`),
      hosts: names.length === 0 ? ["~.*"] : names,
      ...(listeners.length === 0 ? {} : { when: { listener: listeners } }),
      rules,
      ...(isSecure && names.length > 0 ? tlsOf(names, policies, tree, draft) : {}),
    };
    const isIssued = virtualHost.tls !== undefined && "acme" in virtualHost.tls;
    for (const route of own)
      for (const set of route.items("match")) {
        set.at("host")?.carried(`the site ${virtualHost.id}`);
        const isBare = isSecure && virtualHost.tls === undefined;
        const note = isIssued ? TERMS : isBare ? "the site has no certificate yet: set its `tls`" : undefined;
        if (note !== undefined) for (const entry of set.at("host")?.entries() ?? []) entry.changed(note);
      }
    draft.virtualHosts.push(
      draft.from(
        own.flatMap((route) => route.items("match").flatMap((set) => set.at("host")?.entries() ?? [])),
        virtualHost,
      ),
    );
  }
  for (const policy of policies) policy.left("the agent chooses the certificate by the name");
  for (const key of server.items()) if (key.key !== "routes") key.left("the agent controls this itself");
}

const TERMS =
  "`acme` with Let's Encrypt: `termsAgreed` says that you agree to its terms of service, as you did with Caddy; read them";

/** Addresses are compared with those of visitors, whom a proxy in front names. */
function trustProxies(server: JsonNode, draft: Draft): void {
  const proxies = server.at("trusted_proxies");
  const { known } = ipRanges(server.list("trusted_proxies/ranges"));
  for (const range of known) draft.trustedProxies.add(range);
  if (known.length > 0) proxies?.carried("`trustedProxies`, for all sites");
  else proxies?.left("list their addresses in `trustedProxies`");
}

function hostsOf(route: JsonNode): string[] {
  return [...new Set(route.items("match").flatMap((set) => set.list("host")))];
}

/** Without an address, Caddy listens on all of them. */
function addListeners(node: JsonNode, isSecure: boolean, draft: Draft): string[] {
  const written = String(node.scalar);
  const found = addressOf(written);
  const port = portOf(written);
  if (found === undefined || port === undefined) {
    node.left("a listener needs an address and a TCP port");
    return [];
  }
  const addresses = found === "0.0.0.0" ? ["0.0.0.0", "::"] : [found];
  const names = addresses.map((address) => {
    const name = draft.id(listenerName(isSecure, address, port));
    const listener: Listener = { name, address, port, ...(isSecure ? { tls: true } : {}) };
    draft.listeners.push(draft.from(node.entries(), listener));
    return name;
  });
  node.carried(`the listener ${names.join(" and ")}`);
  return names;
}

/** Files that Caddy was given, or a certificate that it gets by itself. */
function tlsOf(
  names: readonly string[],
  policies: readonly JsonNode[],
  tree: JsonNode,
  draft: Draft,
): Pick<VirtualHost, "tls"> {
  const own = filesFor(names, policies, tree.items("apps/tls/certificates/load_files"));
  if (own !== undefined) {
    own.carried("`tls` of the sites");
    return { tls: { certificate: own.text("certificate"), key: own.text("key") } };
  }
  if (names.some((name) => name.includes("*") || !name.includes(".") || /^[\d.:[\]]+$/.test(name))) return {};
  if (hasOwnAuthority(names, tree)) return {};
  draft.acme.set(AUTHORITY, { termsAgreed: true });
  return { tls: { acme: AUTHORITY } };
}

/** The pair of files that the policy of a site names, or the only one that has no name. */
function filesFor(
  names: readonly string[],
  policies: readonly JsonNode[],
  files: readonly JsonNode[],
): JsonNode | undefined {
  const [tag] = policyFor(names, policies)?.list("certificate_selection/any_tag") ?? [];
  if (tag !== undefined) return files.find((file) => file.list("tags").includes(tag));
  const isChosen = policies.some((policy) => policy.at("certificate_selection") !== undefined);
  return files.length === 1 && !isChosen ? files[0] : undefined;
}

/** Caddy issues the certificate itself (`tls internal`), or somebody without ACME does. */
function hasOwnAuthority(names: readonly string[], tree: JsonNode): boolean {
  return tree.items("apps/tls/automation/policies").some((policy) => {
    const subjects = policy.list("subjects");
    const issuers = policy.items("issuers").map((issuer) => issuer.text("module"));
    const isAbout = subjects.length === 0 || names.some((name) => subjects.includes(name));
    return isAbout && issuers.length > 0 && !issuers.includes("acme");
  });
}

/** Caddy redirects to HTTPS by itself, from a port that no server has to name. */
function addRedirects(httpPort: number, draft: Draft): void {
  const secure = draft.virtualHosts.filter(({ tls }) => tls !== undefined);
  if (secure.length === 0) return;
  const names: string[] = [];
  for (const address of ["0.0.0.0", "::"]) {
    const known = draft.listeners.find((each) => each.port === httpPort && each.address === address);
    const listener = known ?? { name: draft.id(listenerName(false, address, httpPort)), address, port: httpPort };
    if (known === undefined) draft.listeners.push(listener);
    names.push(listener.name);
  }
  for (const site of secure) {
    const own = site.when?.listener;
    site.redirectToHttps = true;
    if (Array.isArray(own)) site.when = { listener: [...own, ...names] };
  }
}
