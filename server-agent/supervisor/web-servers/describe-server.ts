/** A web server as it is told to people: its sites, and whether each asks the agent now. */
import type { Config } from "../../contract/config.ts";
import type { DiscoveredSite, WebServer, WebServerSite } from "../../contract/web-servers.ts";
import { foreignServer } from "../../core/web-servers/foreign-server.ts";
import { unknownListeners } from "../../core/web-servers/prepared-sites.ts";
import type { Instance } from "../../adapters/adapter.ts";
import { askAll, type FoundServer } from "./found-servers.ts";

/** Sites of this web server that the document has. */
export function preparedOf(config: Config, server: string): string[] {
  return config.virtualHosts.flatMap((virtualHost) => (foreignServer(virtualHost) === server ? [virtualHost.id] : []));
}

/**
 * @param wasReady Whether every listener of a site was seen to ask before.
 */
export async function describeServer(
  { adapter, instance, read }: FoundServer,
  config: Config,
  wasReady: (site: string) => boolean,
): Promise<WebServer> {
  const { id, kind, version, pid, program, configuration, user, container } = instance;
  const prepared = preparedOf(config, id);
  return {
    id,
    kind,
    version,
    pid,
    program,
    configuration,
    user,
    ...(container === undefined ? {} : { container }),
    sites: await Promise.all(
      read.sites.map(async (site) =>
        prepared.includes(site.id)
          ? preparedSite(site, { adapter, instance, read }, config, wasReady(site.id))
          : unprepared(site),
      ),
    ),
    limits: adapter.limits,
    problems: [
      ...read.problems,
      ...prepared
        .filter((site) => !read.sites.some((one) => one.id === site))
        .map((site) => `${site} was prepared and is not in the configuration any more.`),
    ],
    observedAt: new Date().toISOString(),
  };
}

async function preparedSite(
  site: DiscoveredSite,
  server: FoundServer,
  config: Config,
  wasReady: boolean,
): Promise<WebServerSite> {
  const { adapter, instance, read } = server;
  const asked = await askAll(server, site.id);
  // The whole hook: one whose line or file was taken away does not come back by a reload.
  const { files, refused } = adapter.plan(instance, read, [site.id], false);
  const isOnDisk = files.length === 0 && refused.length === 0;
  const cells = asked.map((cell) =>
    cell.state === "gone" && isOnDisk
      ? { ...cell, state: "on-disk-only" as const, message: `${cell.message} It does from the next reload on.` }
      : cell,
  );
  const lost = cells.find(({ state }) => state !== "live" && state !== "not-asked");
  const [added] = unknownListeners(config, instance.id, site);
  const why =
    lost === undefined
      ? added === undefined
        ? upgradeOf(instance, wasReady)
        : `${added} was added since the site was prepared; prepare it again.`
      : `${lost.listener} (${lost.host}): ${lost.message}`;
  return {
    ...site,
    state: why === undefined ? "ready" : "lost",
    message: why ?? "Every listener asks the agent.",
    checkedAt: new Date().toISOString(),
    cells,
  };
}

/** While it is upgraded, only some of its visitors are seen. */
function upgradeOf({ kind, predecessor }: Instance, wasReady: boolean): string | undefined {
  return predecessor === undefined || wasReady
    ? undefined
    : `${kind} is being upgraded: process ${String(predecessor)} of before still answers some visitors, by what it read at its start.`;
}

function unprepared(site: DiscoveredSite): WebServerSite {
  const refused = site.hazards.filter(({ refuses }) => refuses);
  return {
    ...site,
    state: refused.length > 0 ? "cannot-be-prepared" : "not-prepared",
    message: refused.length > 0 ? refused.map(({ message }) => message).join(" ") : "Not prepared yet.",
    cells: [],
  };
}
