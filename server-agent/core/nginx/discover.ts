/** The sites of an nginx, from what `nginx -T` printed. */
import type { DiscoveredSite, Hazard, SiteListener } from "../../contract/web-servers.ts";
import { groupBlocks } from "../web-servers/group-blocks.ts";
import { listenerKey } from "../web-servers/listener-key.ts";
import type { ListenerQuestion } from "../web-servers/listener-question.ts";
import { type FoundBlock, type SiteBlocks, isCatchAll, readBlocks } from "./blocks.ts";
import type { DumpedFile } from "./dump.ts";
import { hazardsOf } from "./hazards.ts";
import { HTTP_HOOK } from "./hook-names.ts";
import { type HttpPlace, httpPlaceOf } from "./http-place.ts";
import { type ConfigurationTree, type ServerBlock, buildTree } from "./include-tree.ts";
import type { FactsOf } from "../web-servers/file-facts.ts";
import { questionsOf } from "./questions.ts";

export interface DiscoverOptions {
  /** Of the machine, for `server_name $hostname`. */
  readonly hostname: string;
  readonly facts: FactsOf;
  /** Why this nginx can have no hook at all, such as a module that it lacks. */
  readonly unable?: string | undefined;
}

export interface Discovered {
  readonly tree: ConfigurationTree;
  readonly groups: readonly SiteBlocks[];
  readonly httpPlace: HttpPlace;
  /** Without the ends of the certificates, which are to be read from the files. */
  readonly sites: DiscoveredSite[];
  readonly questions: ListenerQuestion[];
  readonly problems: readonly string[];
}

/** @param dumped The main configuration file is the first. */
export function discover(dumped: readonly DumpedFile[], { hostname, facts, unable }: DiscoverOptions): Discovered {
  const tree = buildTree(dumped);
  const blocks = readBlocks(tree, hostname);
  const groups = groupBlocks(blocks, { isCatchAll, reserved: HTTP_HOOK });
  const httpPlace = httpPlaceOf(tree, facts);
  const everywhere: Hazard[] = unable === undefined ? [] : [{ code: "nginx-lacks", message: unable, refuses: true }];
  return {
    tree,
    groups,
    httpPlace,
    sites: groups.map((group) => siteOf(group, tree, [...everywhere, ...hazardsOf(group, tree, httpPlace, facts)])),
    questions: questionsOf(groups, blocks),
    problems: tree.problems,
  };
}

function siteOf({ id, hosts, blocks }: SiteBlocks, tree: ConfigurationTree, hazards: Hazard[]): DiscoveredSite {
  const listeners = new Map<string, SiteListener>();
  for (const { isDefault: _isDefault, refusesTls: _refusesTls, ...listener } of blocks.flatMap(
    (found) => found.listeners,
  )) {
    const key = listenerKey(listener);
    const known = listeners.get(key);
    const clientCertificate = listener.clientCertificate || known?.clientCertificate === true;
    listeners.set(key, { ...listener, clientCertificate });
  }
  return {
    id,
    hosts: [...hosts],
    listeners: [...listeners.values()],
    blocks: blocks.map(({ block, role, names, listeners }) => ({
      file: block.file,
      line: block.directive.line,
      role: role.role,
      names: [...names],
      isDefault: listeners.some(({ isDefault }) => isDefault),
    })),
    certificates: [...new Set(blocks.flatMap((found) => certificatesOf(found, tree)))].map((file) => ({ file })),
    hazards,
  };
}

/** As nginx reads them: a relative name is below the folder of the main file. */
function certificatesOf({ block, listeners }: FoundBlock, { main }: ConfigurationTree): string[] {
  if (!listeners.some(({ tls }) => tls)) return [];
  return allValues(block, "ssl_certificate").map((file) =>
    /^(?:\/|data:|engine:|\$)/.test(file) ? file : main.slice(0, main.lastIndexOf("/") + 1) + file,
  );
}

function allValues({ body, http }: ServerBlock, name: string): string[] {
  const own = body.filter(({ directive }) => directive.name === name);
  const all = own.length > 0 ? own : http.filter(({ directive }) => directive.name === name);
  return all.map(({ directive }) => directive.args[0] ?? "");
}
