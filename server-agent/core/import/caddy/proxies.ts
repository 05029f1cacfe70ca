/** `reverse_proxy`: to an application by HTTP, or to PHP by FastCGI. */
import type { Condition } from "../../../contract/condition.ts";
import type { Handler } from "../../../contract/handler.ts";
import type { Upstream } from "../../../contract/upstream.ts";
import { parseTarget } from "../../config/upstream-target.ts";
import type { Draft } from "../document/draft.ts";
import { allOf, escapeRegex } from "../document/match.ts";
import type { JsonNode } from "./json-tree.ts";
import type { Settings } from "./settings.ts";
import { operationsOf } from "./values.ts";

export interface Proxied {
  readonly upstream: string;
  readonly isFastcgi: boolean;
  readonly preserveHost: boolean;
  /** What is changed of requests to it, and of its responses. */
  readonly settings: Settings;
}

/** Why not, in words, where it cannot be said. */
export function proxiedBy(node: JsonNode, draft: Draft): Proxied | string {
  const transport = node.at("transport");
  const protocol = node.text("transport/protocol") || "http";
  const tls = transport?.at("tls");
  if (node.at("handle_response") !== undefined)
    return "acting on the response of an upstream (`forward_auth`) is not supported";
  if (node.at("rewrite") !== undefined) return "the upstream gets the address that the visitor has sent";
  if (protocol !== "http" && protocol !== "fastcgi") return `the transport \`${protocol}\` is not known`;
  const versions = node.list("transport/versions");
  const scheme = protocol === "fastcgi" ? "fcgi" : schemeOf(versions, tls !== undefined);
  const targets = node.items("upstreams").map((upstream) => targetOf(upstream.text("dial"), scheme));
  const known = targets.filter((target) => parseTarget(target) !== undefined);
  if (known.length === 0 || known.length < targets.length) return "it names no target that can be said here";
  const upstream: Upstream = {
    ...spread(known, node.at("load_balancing/selection_policy")),
    ...(tls === undefined ? {} : { tls: tlsOf(tls) }),
  };
  const name = (known[0] ?? "").replace(/^\w+:\/\/(?:unix:.*\/)?/, "").replace(/:\d+$/, "");
  const id = draft.upstream(name, upstream, node.entries().slice(0, 1));
  node.at("upstreams")?.carried(`the upstream ${id}`);
  transport?.at("protocol")?.carried("the handler");
  transport?.at("versions")?.carried("the scheme of the targets");
  const host = node.list("headers/request/set/Host").at(0);
  const preserveHost = host === undefined || /^\{http\.request\.host(?:port)?\}$/.test(host);
  const isTarget = host === "{http.reverse_proxy.upstream.hostport}";
  if (host !== undefined && !preserveHost && !isTarget)
    for (const entry of node.at("headers/request/set/Host")?.entries() ?? [])
      entry.changed("`preserveHost`: the target's own name is sent");
  else node.at("headers/request/set/Host")?.carried("`preserveHost`");
  const requestHeaders = operationsOf(node.at("headers/request"), "requestHeaders", ["host"]);
  const responseHeaders = operationsOf(node.at("headers/response"), "responseHeaders", []);
  node.at("load_balancing")?.left("see `balance`, `passiveHealthCheck` and `healthCheck` of the upstream");
  for (const key of ["health_checks", "flush_interval", "buffer_requests"])
    node.at(key)?.left("the agent controls this itself");
  const settings: Settings = {
    ...(requestHeaders === undefined ? {} : { requestHeaders }),
    ...(responseHeaders === undefined ? {} : { responseHeaders }),
  };
  return { upstream: id, isFastcgi: protocol === "fastcgi", preserveHost, settings };
}

/** Caddy knows itself which version a target with TLS speaks; one must be named here. */
function schemeOf(versions: readonly string[], isSecure: boolean): string {
  if (versions.includes("h2c") && !isSecure) return "h2c";
  const isOnlySecond = versions.length > 0 && versions.every((version) => version === "2");
  return isSecure ? (isOnlySecond ? "h2" : "https") : "http";
}

const BALANCES: Readonly<Record<string, Upstream["balance"]>> = {
  client_ip_hash: { hash: "client" },
  ip_hash: { hash: "client" },
  least_conn: "leastConnections",
  round_robin: "roundRobin",
  uri_hash: { hash: "path" },
};

/** To which target a request goes. */
function spread(targets: string[], policy: JsonNode | undefined): Pick<Upstream, "targets" | "balance" | "sticky"> {
  const name = policy?.text("policy") ?? "";
  if (name === "cookie") {
    const cookie = policy?.at("name") === undefined ? "lb" : policy.text("name");
    for (const entry of policy?.entries() ?? [])
      entry.changed("`sticky`: the cookie has the `id` of a target; visitors of before are led to one anew");
    return { targets: targets.map((url, index) => ({ url, id: `target${String(index + 1)}` })), sticky: { cookie } };
  }
  const header = policy?.text("field") ?? "";
  const balance = name === "header" && header !== "" ? { hash: { header } } : BALANCES[name];
  if (balance !== undefined) policy?.carried("`balance`");
  if (name === "first") policy?.carried("`backup` of the other targets");
  if (name === "weighted_round_robin") policy?.carried("`weight` of the targets");
  if (name.startsWith("random")) for (const entry of policy?.entries() ?? []) entry.changed("`balance`: in turn");
  const weights = name === "weighted_round_robin" ? (policy?.list("weights") ?? []).map(Number) : [];
  return {
    targets: targets.map((url, index) => {
      const weight = weights[index] ?? 1;
      if (name === "first" && index > 0) return { url, backup: true };
      return weight === 1 ? url : { url, weight: Math.min(weight, MAX_WEIGHT) };
    }),
    ...(balance === undefined || balance === "roundRobin" ? {} : { balance }),
  };
}

const MAX_WEIGHT = 100;

function targetOf(dial: string, scheme: string): string {
  const socket = /^unix\/\/?(\/.*)$/.exec(dial)?.[1];
  return `${scheme}://${socket === undefined ? dial.replace(/^tcp\//, "").replace(/^:/, "127.0.0.1:") : `unix:${socket}`}`;
}

function tlsOf(tls: JsonNode): NonNullable<Upstream["tls"]> {
  const name = tls.text("server_name");
  const files = tls.list("root_ca_pem_files").concat(tls.list("ca/pem_files"));
  const ca = files.length === 1 && files[0]?.startsWith("/") === true ? files[0] : undefined;
  const made = {
    ...(tls.text("insecure_skip_verify") === "true" ? { verify: false } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(name === "" || name.includes("{") ? {} : { serverName: name }),
  };
  for (const key of ["insecure_skip_verify", "server_name", "ca", "root_ca_pem_files"])
    tls.at(key)?.carried("`tls` of the upstream");
  return made;
}

/** PHP as Caddy asks for it: scripts, an index of folders, and one for all that is not there. */
export function scripts(upstream: string, root: string, mount: string | undefined, hasFiles: boolean): Handler {
  return {
    type: "fastcgi",
    upstream,
    root,
    ...(mount === undefined ? {} : { mount }),
    index: ["index.php"],
    fallback: "/index.php",
    ...(hasFiles ? { files: true } : {}),
  };
}

/** Without the condition that the path is that of a script. */
export function withoutScripts(when: Condition | undefined, mount = ""): Condition | undefined {
  const isScripts = (each: Condition) => each.pathRegex === `(?i)^${escapeRegex(mount)}.*\\.php$`;
  if (when === undefined || isScripts(when)) return undefined;
  return when.all === undefined ? when : allOf(when.all.filter((each) => !isScripts(each)));
}
