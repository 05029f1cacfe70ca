/** The sites of an HAProxy, from the files of its configuration. */
import type { DiscoveredSite, SiteListener } from "../../contract/web-servers.ts";
import { reachable } from "../proof/entry.ts";
import type { ListenerQuestion } from "../web-servers/listener-question.ts";
import { mostExact } from "../web-servers/most-exact.ts";
import { type Frontend, readFrontends } from "./frontends.ts";
import { commonHazards, isAtLeast, siteHazards, type Surroundings } from "./hazards.ts";
import type { FileText } from "./host-tests.ts";
import type { Environment } from "./lines.ts";
import { type ConfigurationFile, type ConfigurationSections, readSections } from "./sections.ts";
import { globalSetting } from "./settings.ts";
import { readSites, type Site } from "./sites.ts";

export interface DiscoverOptions extends Surroundings {
  readonly environment: Environment;
  readonly fileText: FileText;
}

export interface Discovered {
  readonly configuration: ConfigurationSections;
  readonly groups: readonly Site[];
  /** Certificates are files and folders, without an end that is known. */
  readonly sites: DiscoveredSite[];
  readonly questions: ListenerQuestion[];
}

/** A name under a domain that is nobody's (RFC 2606). */
const NOBODY = "backsoon.invalid";
/** From this version on, HTTPS has HTTP/2 where nothing is said. */
const HTTP2_BY_DEFAULT = [2, 8] as const;

/** @param files The main file is the first. */
export function discover(files: readonly ConfigurationFile[], options: DiscoverOptions): Discovered {
  const configuration = readSections(files, options.environment);
  const http2ByDefault = isAtLeast(options.version, HTTP2_BY_DEFAULT);
  const frontends = readFrontends(configuration, { fileText: options.fileText, http2ByDefault });
  const groups = readSites(frontends);
  const common = commonHazards(configuration, options);
  return {
    configuration,
    groups,
    sites: groups.map((site) => ({
      id: site.id,
      hosts: [...site.hosts],
      listeners: listenersOf(site),
      blocks: site.frontends.map((frontend) => ({
        file: frontend.section.file,
        line: frontend.section.header.number,
        role: frontend.role,
        names: frontend.tests.flatMap(({ hosts }) => hosts).filter((host) => site.hosts.includes(host)),
        isDefault: frontend.isCatchAll,
      })),
      certificates: certificatesOf(site, configuration).map((file) => ({ file })),
      hazards: [...common, ...siteHazards(site, configuration, options)],
    })),
    questions: questionsOf(groups),
  };
}

function listenersOf({ frontends }: Site): SiteListener[] {
  const listeners = new Map(
    frontends.flatMap(({ binds }) => binds.listeners).map((one) => [`${one.address} ${String(one.port)}`, one]),
  );
  return [...listeners.values()];
}

/** As HAProxy finds them: below `crt-base`. */
function certificatesOf({ frontends }: Site, configuration: ConfigurationSections): string[] {
  const base = globalSetting(configuration, "crt-base")?.line.words[1]?.text;
  const named = new Set(frontends.flatMap(({ binds }) => binds.certificates));
  return [...named].map((file) => (file.startsWith("/") || base === undefined ? file : `${base}/${file}`));
}

function questionsOf(groups: readonly Site[]): ListenerQuestion[] {
  // The map of closed names is one for all frontends.
  const claims = groups.flatMap((part) => part.hosts.map((host) => ({ part, host })));
  return groups.flatMap((site) => ofSite(site, (name) => mostExact(claims, name) === site));
}

function ofSite({ id, hosts, frontends }: Site, leads: ListenerQuestion["leads"]): ListenerQuestion[] {
  return frontends.flatMap((frontend) =>
    frontend.binds.listeners.map((listener): ListenerQuestion => ({
      site: id,
      listener,
      connectTo: reachable(listener.address),
      leads,
      host: nameOf(frontend, hosts),
      block: { file: frontend.section.file, line: frontend.section.header.number },
      onDisk: frontend.hooks.includes(id),
      ...(listener.clientCertificate
        ? { skip: "it demands a certificate of the visitor, and the agent has none." }
        : {}),
    })),
  );
}

/** Preferably one that the frontend itself has. */
function nameOf({ tests }: Frontend, hosts: readonly string[]): string {
  const own = tests.flatMap((test) => test.hosts).filter((host) => hosts.includes(host));
  const host = own[0] ?? hosts[0] ?? "*";
  if (host === "*") return NOBODY;
  return host.startsWith("*.") ? `backsoon-check${host.slice(1)}` : host;
}
