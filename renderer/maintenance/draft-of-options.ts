/**
 * The choices behind a maintenance that was made, to make it once more. Pure. What cannot be said
 * in the wizard's fields is left to its own proposal.
 */
import type { Condition, MaintenanceOptions } from "../../main/contract/agent.ts";
import { CERTIFICATE_PATH, newDraft, type Draft } from "./draft.ts";

/**
 * The end is not taken over, which has passed; nor the hosts that the site does not have any more.
 * @param hosts those of the site now
 */
export function draftOfOptions(serverId: string, options: MaintenanceOptions, hosts: readonly string[]): Draft {
  const draft = newDraft(serverId, options.site, options.revertIfWrong ?? false);
  const page = options.page === "default" ? undefined : options.page;
  const { hosts: covered } = options;
  return {
    ...draft,
    reason: options.reason ?? "",
    copycat: options.copycat ?? "",
    leftOut: covered === undefined ? [] : hosts.filter((host) => !covered.includes(host)),
    staffHosts: (options.internalHosts ?? []).join(" "),
    response:
      options.root !== undefined
        ? "files"
        : options.page === undefined && options.status !== undefined
          ? "status"
          : "page",
    title: page?.title ?? "",
    text: page?.text ?? "",
    contact: page?.contact ?? "",
    logo: page?.logo ?? null,
    root: options.root ?? "",
    status: options.status ?? draft.status,
    ...(typeof options.retryAfter === "number"
      ? { retryMinutes: Math.max(1, Math.round(options.retryAfter / 60)) }
      : {}),
    position: options.position ?? "above",
    ...exceptionFields(options.exceptions ?? []),
  };
}

type ExceptionFields = Pick<
  Draft,
  "certificates" | "healthChecks" | "webhooks" | "addresses" | "headerName" | "headerValue"
>;

/**
 * Two lists of paths are health checks and webhooks, in the order in which the wizard writes them;
 * a single one is what it looks like.
 */
function exceptionFields(exceptions: readonly Condition[]): ExceptionFields {
  const paths = exceptions.map(({ path }) => listOf(path)).filter((list) => list.length > 0);
  const isCertificate = (list: readonly string[]) => list.length === 1 && list[0] === CERTIFICATE_PATH;
  const [first = [], ...others] = paths.filter((list) => !isCertificate(list));
  const hasHealth = others.length > 0 || isHealth(first);
  const addresses = exceptions.flatMap(({ from }) => listOf(from));
  const [name = "", value] = exceptions.flatMap(({ header }) => Object.entries(header ?? {})).at(0) ?? [];
  return {
    certificates: paths.some(isCertificate),
    healthChecks: hasHealth ? first.join(" ") : "",
    webhooks: (hasHealth ? others.flat() : first).join(" "),
    addresses: addresses.join(" "),
    headerName: name,
    headerValue: typeof value === "string" ? value : "",
  };
}

function isHealth(paths: readonly string[]): boolean {
  return paths.some((path) => /health|ready|live|ping|status/i.test(path));
}

function listOf(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
