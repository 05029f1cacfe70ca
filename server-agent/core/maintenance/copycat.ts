/**
 * The copycat itself: which hosts it answers for, who falls through, what it answers. Only what was
 * asked for is written; defaults are applied when it is served.
 */
import type { Condition } from "../../contract/condition.ts";
import type { Config, VirtualHost } from "../../contract/config.ts";
import type { MaintenanceHandler } from "../../contract/handler.ts";
import type { MaintenanceOptions } from "../../contract/maintenance.ts";
import type { Problem } from "../../contract/errors.ts";
import { coversHost, EVERY_HOST, hostKey } from "./host-coverage.ts";
import { parseHostPattern } from "../routing/host-pattern.ts";
import { listOf, quote } from "../wording.ts";

export interface ChosenHosts {
  /** The copycat's. */
  hosts: string[];
  /** Staff names that the original does not have yet, as they were written. */
  added: string[];
}

const MAX_ID_LENGTH = 100;

/**
 * Divides the hosts between copycat and original. A staff name is never one of the copycat's: a
 * copycat that answers for it, too, shows maintenance to the staff, because it stands above.
 */
export function chooseHosts(
  original: VirtualHost,
  options: MaintenanceOptions,
): { ok: true; chosen: ChosenHosts } | { ok: false; problems: Problem[] } {
  const problems = [...foreignHosts(original, options.hosts ?? []), ...unusableStaff(options.internalHosts ?? [])];
  // Of several spellings of one name the first counts.
  const staff = new Map((options.internalHosts ?? []).toReversed().map((host) => [hostKey(host), host]));
  const hosts = (options.hosts ?? original.hosts)
    .filter((host) => !staff.has(hostKey(host)))
    .map((host) => (host === "*" ? EVERY_HOST : host));
  if (hosts.length === 0 && problems.length === 0)
    problems.push({
      path: options.hosts === undefined ? "/internalHosts" : "/hosts",
      code: "hosts.empty",
      message: "every host is a staff name, so nobody would get the copycat; leave at least one host for visitors",
    });
  if (problems.length > 0) return { ok: false, problems };
  const present = new Set(original.hosts.map(hostKey));
  // The catch-all answers for every name already, and has to stay `["*"]`.
  const added = original.hosts.includes("*")
    ? []
    : [...staff]
        .reverse()
        .filter(([key]) => !present.has(key))
        .map(([, host]) => host);
  return { ok: true, chosen: { hosts, added } };
}

function foreignHosts(original: VirtualHost, hosts: readonly string[]): Problem[] {
  return hosts.flatMap((host, index): Problem[] => {
    if (original.hosts.some((pattern) => coversHost(pattern, host))) return [];
    const message = `${quote(original.id)} does not answer for ${quote(host)}; choose among ${listOf(original.hosts.map(quote), "and")}`;
    return [{ path: `/hosts/${index}`, code: "hosts.foreign", message }];
  });
}

function unusableStaff(hosts: readonly string[]): Problem[] {
  return hosts.flatMap((host, index): Problem[] => {
    const parsed = parseHostPattern(host);
    const path = `/internalHosts/${index}`;
    if (!parsed.ok) return [{ path, code: parsed.code, message: parsed.message }];
    if (parsed.pattern.kind === "exact" || parsed.pattern.kind === "wildcard") return [];
    return [
      {
        path,
        code: "hosts.pattern",
        message: `${quote(host)} could be a name of visitors, too; write a name, or \`*.\` and a name`,
      },
    ];
  });
}

export function makeCopycat(
  config: Config,
  original: VirtualHost,
  options: MaintenanceOptions,
  hosts: string[],
  replaced: VirtualHost | undefined,
): VirtualHost {
  const exceptions = [...(options.exceptions ?? []), ...staffExceptions(hosts, options.internalHosts ?? [])];
  return {
    id: options.copycat ?? freeId(config, original.id, replaced?.id),
    copycatOf: original.id,
    hosts,
    ...(exceptions.length === 0 ? {} : { when: { not: { any: exceptions } } }),
    rules: [{ handler: handlerOf(options) }],
    ...(original.accessLog === undefined ? {} : { accessLog: original.accessLog }),
  };
}

/**
 * Staff names that one of the copycat's patterns matches cannot be left out of its hosts, so they
 * fall through by an exception.
 */
export function staffExceptions(hosts: readonly string[], staff: readonly string[]): Condition[] {
  return staff.flatMap((name) => {
    const parsed = parseHostPattern(name);
    if (!parsed.ok || (parsed.pattern.kind !== "exact" && parsed.pattern.kind !== "wildcard")) return [];
    const { pattern } = parsed;
    // Whether a regular expression matches some name below a wildcard cannot be told, so it is
    // taken to.
    const isMatched = hosts.some(
      (host) => coversHost(host, name) || (pattern.kind === "wildcard" && host.startsWith("~")),
    );
    if (!isMatched) return [];
    const regex = pattern.kind === "exact" ? literal(pattern.name) : `[^:]+\\.${literal(pattern.suffix)}`;
    return [{ header: { Host: `~(?i)^${regex}\\.?(:[0-9]*)?$` } }];
  });
}

function literal(name: string): string {
  return name.replaceAll(/[.[\]]/g, "\\$&");
}

/**
 * `<site>-copycat`, cut to the longest id there may be, with a number where that is taken. The id
 * of the copycat that is replaced is free.
 */
function freeId(config: Config, site: string, replaced: string | undefined): string {
  const taken = new Set(config.virtualHosts.map(({ id }) => id).filter((id) => id !== replaced));
  for (let number = 1; ; number += 1) {
    const suffix = number === 1 ? "-copycat" : `-copycat-${number}`;
    const id = `${site.slice(0, MAX_ID_LENGTH - suffix.length)}${suffix}`;
    if (!taken.has(id)) return id;
  }
}

/** What the copycat answers; the built-in page where neither a page nor a status was asked for. */
export function handlerOf({ page, root, status, retryAfter, until }: MaintenanceOptions): MaintenanceHandler {
  const needsPage = page === undefined && root === undefined && status === undefined;
  return {
    type: "maintenance",
    ...(needsPage ? { page: "default" } : page === undefined ? {} : { page }),
    ...(root === undefined ? {} : { root }),
    ...(status === undefined ? {} : { status }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(until === undefined ? {} : { until }),
  };
}
