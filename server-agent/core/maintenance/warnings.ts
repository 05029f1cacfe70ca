import type { Condition } from "../../contract/condition.ts";
import type { Config, VirtualHost } from "../../contract/config.ts";
import type { MaintenanceOptions, Warning } from "../../contract/maintenance.ts";
import { isIssued, namesToOrder } from "../acme/acme-names.ts";
import { compileCondition } from "../routing/condition.ts";
import { letsEveryoneIn, neverReaches, seesOnlyItself } from "./exception-reach.ts";
import { coversHost, EVERY_HOST, hostKey, listCovers, sharedHosts, shareHosts } from "./host-coverage.ts";
import { normaliseHost } from "../routing/normalise-host.ts";
import { NOWHERE, type RequestFacts } from "../routing/request-facts.ts";
import { listOf, quote } from "../wording.ts";

export interface PlannedCopycat {
  after: Config;
  /** As it is before the plan. */
  original: VirtualHost;
  copycat: VirtualHost;
  /** The copycat of an earlier maintenance that this one replaces. */
  resting: VirtualHost | undefined;
  options: MaintenanceOptions;
  /** ISO 8601. */
  now: string;
}

/** What an operator should know before the switch. None of it keeps the plan from being applied. */
export function maintenanceWarnings(planned: PlannedCopycat): Warning[] {
  return [
    ...leftOut(planned),
    ...shadows(planned),
    ...captured(planned),
    ...takenForStaff(planned),
    ...ownNamesForStaff(planned),
    ...aboutOriginal(planned),
    ...unreachable(planned),
    ...openToAll(planned),
    ...aboutTime(planned),
  ];
}

function leftOut({ original, copycat, options }: PlannedCopycat): Warning[] {
  const staff = new Set((options.internalHosts ?? []).map(hostKey));
  return original.hosts
    .filter(
      (host) =>
        host !== "*" && !staff.has(hostKey(host)) && !copycat.hosts.some((pattern) => coversHost(pattern, host)),
    )
    .map((host) => ({
      code: "alias-left-out",
      host,
      virtualHost: original.id,
      message: `${host} is not included: visitors of this name still get ${original.id}.`,
    }));
}

/** Virtual hosts above the copycat that take some of its visitors. */
function shadows({ after, copycat }: PlannedCopycat): Warning[] {
  const above = after.virtualHosts.slice(0, after.virtualHosts.indexOf(copycat)).filter(isEnabled);
  return above.flatMap((other): Warning[] => {
    const hosts = sharedHosts(copycat.hosts, other.hosts);
    const [host] = hosts;
    // That other sites have their own names is what a catch-all is about.
    if (host === undefined || (copycat.hosts.includes(EVERY_HOST) && !hosts.includes(EVERY_HOST))) return [];
    const when = other.when === undefined ? "" : ` where its condition holds: ${quote(JSON.stringify(other.when))}`;
    const virtualHost = other.id;
    const message = `${other.id} stands above the copycat and answers for ${listOf(hosts, "and")}${when}.`;
    return other.copycatOf === undefined
      ? [
          {
            code: "shadowed",
            host,
            virtualHost,
            message: `${message} Those visitors do not get this maintenance page.`,
          },
        ]
      : [
          {
            code: "already-in-maintenance",
            host,
            virtualHost,
            message: `${message} Those visitors get the maintenance page of ${other.copycatOf}.`,
          },
        ];
  });
}

/**
 * Other sites below the copycat that lose visitors to it: those between it and its original, and
 * those that get what the original does not take.
 */
function captured({ after, original, copycat }: PlannedCopycat): Warning[] {
  const place = after.virtualHosts.indexOf(copycat);
  const home = after.virtualHosts.findIndex(({ id }) => id === original.id);
  const passesOn = original.when !== undefined || original.disabled === true;
  return after.virtualHosts.flatMap((other, index): Warning[] => {
    if (index <= place || index === home || !isEnabled(other) || other.copycatOf === original.id) return [];
    const [host] = sharedHosts(copycat.hosts, other.hosts);
    if (host === undefined || (index > home && !passesOn)) return [];
    const why =
      index < home
        ? `${other.id} is between the copycat and ${original.id}`
        : original.disabled === true
          ? `${original.id} is disabled, so ${other.id} answers`
          : `${original.id} answers only if its condition matches, and ${other.id} answers the rest`;
    const code = "wildcard-covers-more";
    return [
      {
        code,
        host,
        virtualHost: other.id,
        message: `${why} for ${nameOf(host)}: in maintenance, those requests get the copycat, too.`,
      },
    ];
  });
}

/** Other sites below the original whose own name becomes one of its staff names. */
function takenForStaff({ after, original, options }: PlannedCopycat): Warning[] {
  const home = after.virtualHosts.findIndex(({ id }) => id === original.id);
  // What the original answered for before was never theirs.
  const added = (options.internalHosts ?? []).filter(
    (host) => !original.hosts.some((pattern) => coversHost(pattern, host)),
  );
  return added.flatMap((host): Warning[] => {
    const other = after.virtualHosts.find(
      ({ id, hosts, copycatOf, disabled }, index) =>
        index > home &&
        id !== original.id &&
        copycatOf !== original.id &&
        disabled !== true &&
        shareHosts(
          hosts.filter((pattern) => pattern !== "*" && pattern !== EVERY_HOST),
          [host],
        ),
    );
    if (other === undefined) return [];
    const message = `${host} belongs to ${other.id}, which is below: as a staff name it leads to ${original.id}, and visitors of ${other.id} get that instead.`;
    return [{ code: "wildcard-covers-more", host, virtualHost: other.id, message }];
  });
}

/** Names of visitors that are to be staff names: they leave the maintenance. */
function ownNamesForStaff({ original, options }: PlannedCopycat): Warning[] {
  const own = new Set(original.hosts.map(hostKey));
  return (options.internalHosts ?? [])
    .filter((host) => own.has(hostKey(host)))
    .map((host) => ({
      code: "alias-left-out",
      host,
      virtualHost: original.id,
      message: `${host} is one of the names of ${original.id}: as a staff name it is not closed, so its visitors still get ${original.id}.`,
    }));
}

function isEnabled({ disabled }: VirtualHost): boolean {
  return disabled !== true;
}

function nameOf(host: string): string {
  return host === EVERY_HOST || host === "*" ? "all other hosts" : host;
}

function aboutOriginal({ original, copycat, resting }: PlannedCopycat): Warning[] {
  const warnings: Warning[] = [];
  const virtualHost = original.id;
  if (copycat.hosts.includes(EVERY_HOST) && original.hosts.includes("*")) {
    const message = `${virtualHost} is the catch-all: every request that no other site answers gets the maintenance page, also checks by address instead of name.`;
    warnings.push({ code: "default-site", virtualHost, message });
  }
  if (original.disabled === true) {
    const message = `${virtualHost} is disabled: nobody gets it now, and bringing it back leaves it disabled.`;
    warnings.push({ code: "original-disabled", virtualHost, message });
  }
  if (resting !== undefined) {
    const message = `${resting.id}, left by an earlier maintenance, is replaced; deleting the new copycat puts it back.`;
    warnings.push({ code: "demoted-copycat-replaced", virtualHost: resting.id, message });
  }
  return warnings;
}

/** Exceptions that leave the site open. */
function openToAll({ after, original, copycat, options }: PlannedCopycat): Warning[] {
  return (options.exceptions ?? []).flatMap((exception, index): Warning[] => {
    if (!letsEveryoneIn(exception, { config: after, original, copycat })) return [];
    const message = `Exception ${index + 1} lets every visitor through to ${original.id}: ${quote(JSON.stringify(exception))}. Nobody would be kept out.`;
    return [{ code: "exception-covers-all", virtualHost: original.id, message }];
  });
}

/** Exceptions and staff names that do not lead to the original. */
function unreachable(planned: PlannedCopycat): Warning[] {
  const { after, original, copycat, options } = planned;
  const code = "exception-unreachable";
  const exceptions = options.exceptions ?? [];
  const below = after.virtualHosts.slice(after.virtualHosts.indexOf(copycat) + 1);
  const blockers = copycat.hosts.map((host) => blockerOf(below, host, original));
  const blocker = blockers.every((found) => found !== undefined) ? blockers[0] : undefined;
  const warnings: Warning[] = [];
  if (exceptions.length > 0 && blocker !== undefined) {
    const why =
      blocker.id === original.id
        ? `${original.id} is disabled`
        : `${blocker.id} stands above ${original.id} and answers instead`;
    warnings.push({ code, virtualHost: blocker.id, message: `No exception leads to ${original.id}: ${why}.` });
  } else {
    for (const [index, exception] of exceptions.entries()) {
      if (neverReaches(exception, { config: after, original, copycat })) {
        const why =
          exception.from !== undefined && seesOnlyItself(after)
            ? "every listener is on this machine alone, so all visitors have the address of its proxy; name that in `trustedProxies`, and its X-Forwarded-For counts"
            : `no request can meet ${quote(JSON.stringify(exception))}`;
        const message = `Exception ${index + 1} lets nobody through to ${original.id}: ${why}.`;
        warnings.push({ code, virtualHost: original.id, message });
      }
    }
  }
  for (const host of options.internalHosts ?? []) {
    const others = after.virtualHosts.filter((virtualHost) => virtualHost !== copycat);
    const inTheWay = blockerOf(others, host, original);
    if (inTheWay !== undefined && inTheWay.id !== original.id) {
      const message = `${host} does not lead staff to ${original.id}: ${inTheWay.id} stands above it and answers for this name.`;
      warnings.push({ code, host, virtualHost: inTheWay.id, message });
    }
  }
  return warnings;
}

/**
 * The virtual host that takes all requests for the host before the original can; the original
 * itself if it is disabled.
 */
function blockerOf(virtualHosts: readonly VirtualHost[], host: string, original: VirtualHost): VirtualHost | undefined {
  const takes = ({ id, when, hosts, disabled }: VirtualHost) =>
    id === original.id || (disabled !== true && when === undefined && listCovers(hosts, host));
  const found = virtualHosts.find(takes);
  return found?.id === original.id && original.disabled !== true ? undefined : found;
}

function aboutTime({ after, original, copycat, options, now }: PlannedCopycat): Warning[] {
  const warnings: Warning[] = [];
  if (options.until !== undefined && Date.parse(options.until) <= Date.parse(now))
    warnings.push({ code: "end-in-past", message: `The end, ${options.until}, is in the past.` });
  // The workers answer for these before any maintenance page.
  const kept = isIssued(original.tls) ? namesToOrder(original.tls, original.hosts) : [];
  const hosts = copycat.hosts.filter(
    (name) =>
      !kept.includes(hostKey(name)) &&
      !(options.exceptions ?? []).some((exception) => letsChallengeThrough(exception, name, after)),
  );
  const [host] = hosts;
  // A web server beside the agent always lets challenges pass.
  const isForeign = original.rules.some(({ handler }) => handler?.type === "foreign");
  if (host !== undefined && !isForeign) {
    const names = listOf(hosts.map(nameOf), "and");
    const message = `Certificates for ${names} cannot be renewed during maintenance: /.well-known/acme-challenge/* is not let through.`;
    warnings.push({ code: "acme-not-excepted", host, message });
  }
  return warnings;
}

/**
 * Whether the question of a certificate authority (RFC 8555, 8.3), which comes from anywhere by
 * plain HTTP, meets the exception.
 */
function letsChallengeThrough(exception: Condition, host: string, { listeners }: Config): boolean {
  const compiled = compileCondition(exception, "", {
    listeners: new Set(listeners.map(({ name }) => name)),
    problems: [],
  });
  const headers = new Map([
    ["host", host],
    ["user-agent", "certificate authority"],
  ]);
  const challenge = (listener: string): RequestFacts => ({
    host: normaliseHost(host),
    path: "/.well-known/acme-challenge/a-token",
    rawPath: "/.well-known/acme-challenge/a-token",
    query: "",
    method: "GET",
    peerTrusted: false,
    client: "192.0.2.1",
    geo: NOWHERE,
    tls: false,
    listener,
    header: (name) => headers.get(name),
    exists: () => false,
    hasPass: () => false,
  });
  return listeners.some(({ name }) => compiled.test(challenge(name)));
}
