/** The sites of an Apache, from its files and from what it says of itself. */
import type { DiscoveredSite, SiteListener } from "../../contract/web-servers.ts";
import type { FactsOf } from "../web-servers/file-facts.ts";
import { groupBlocks } from "../web-servers/group-blocks.ts";
import { listenerKey } from "../web-servers/listener-key.ts";
import type { ListenerQuestion } from "../web-servers/listener-question.ts";
import { absolutePath, type Configuration, readConfiguration } from "./configuration.ts";
import { type Dump, readDump } from "./dump.ts";
import { commonHazards, siteHazards, type Surroundings } from "./hazards.ts";
import { MAIN_HOOK } from "./hook-names.ts";
import { type MainPlace, mainPlaceOf } from "./main-place.ts";
import { questionsOf } from "./questions.ts";
import { type FoundBlock, isCatchAll, readBlocks, type SiteBlocks } from "./virtual-hosts.ts";

export interface DiscoverOptions {
  readonly textOf: (path: string) => string | undefined;
  readonly facts: FactsOf;
  readonly environment: Readonly<Record<string, string>>;
  /** Names given with `-D`. */
  readonly defines: readonly string[];
}

export interface Discovered {
  readonly configuration: Configuration;
  readonly mainPlace: MainPlace;
  readonly groups: readonly SiteBlocks[];
  /** Without the ends of the certificates, which are to be read from the files. */
  readonly sites: DiscoveredSite[];
  readonly questions: ListenerQuestion[];
}

/** @param said With `-t -D DUMP_INCLUDES -D DUMP_VHOSTS -D DUMP_RUN_CFG -D DUMP_MODULES`. */
export function discover(said: string, { textOf, facts, environment, defines }: DiscoverOptions): Discovered {
  const dump = readDump(said);
  const configuration = readConfiguration({ dump, textOf, environment, defines });
  const blocks = readBlocks(configuration, dump);
  const groups = groupBlocks(blocks, { isCatchAll, reserved: MAIN_HOOK });
  const mainPlace = mainPlaceOf(configuration, dump.serverRoot, facts);
  const around: Surroundings = { configuration, dump, mainPlace, facts };
  const common = commonHazards(around);
  return {
    configuration,
    mainPlace,
    groups,
    sites: groups.map((group) => siteOf(group, dump, [...common, ...siteHazards(group, around)])),
    questions: questionsOf(groups, blocks, configuration),
  };
}

function siteOf({ id, hosts, blocks }: SiteBlocks, dump: Dump, hazards: DiscoveredSite["hazards"]): DiscoveredSite {
  const listeners = new Map<string, SiteListener>();
  for (const { isDefault: _isDefault, ...listener } of blocks.flatMap((found) => found.listeners)) {
    const key = listenerKey(listener);
    const known = listeners.get(key);
    const clientCertificate = listener.clientCertificate || known?.clientCertificate === true;
    listeners.set(key, { ...listener, clientCertificate });
  }
  return {
    id,
    hosts: [...hosts],
    listeners: [...listeners.values()],
    blocks: blocks.map(({ block, role, names, listeners: own }) => ({
      file: block.file,
      line: block.directive.line,
      role: role.role,
      names: [...names],
      isDefault: own.some(({ isDefault }) => isDefault),
    })),
    certificates: [...new Set(blocks.flatMap((found) => certificatesOf(found, dump)))].map((file) => ({ file })),
    hazards,
  };
}

/** A relative name is below the `ServerRoot`. */
function certificatesOf({ block, listeners }: FoundBlock, { serverRoot }: Dump): string[] {
  if (!listeners.some(({ tls }) => tls)) return [];
  return block.body
    .filter(({ directive }) => directive.name === "sslcertificatefile")
    .map(({ args: [file = ""] }) => absolutePath(file, serverRoot));
}
