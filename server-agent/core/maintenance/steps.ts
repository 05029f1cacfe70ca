/** The recipe's steps in words, with what the plan does in each. */
import type { VirtualHost } from "../../contract/config.ts";
import type { MaintenanceHandler } from "../../contract/handler.ts";
import type { MaintenanceOptions, PlanStep } from "../../contract/maintenance.ts";
import { EVERY_HOST, hostKey } from "./host-coverage.ts";
import { handlerOf } from "./copycat.ts";
import { listOf } from "../wording.ts";

export function describeSteps(
  original: VirtualHost,
  copycat: VirtualHost,
  added: readonly string[],
  options: MaintenanceOptions,
): PlanStep[] {
  return [
    {
      step: "copycat",
      title: `Make ${copycat.id}`,
      detail: `A copycat of ${original.id}. The original stays as it is.`,
    },
    {
      step: "domains",
      title: `It answers for ${listOf(copycat.hosts.map(nameOf), "and")}`,
      detail: describeHosts(original, copycat, added),
    },
    { step: "response", ...describeResponse(handlerOf(options)) },
    { step: "exceptions", ...describeExceptions(options) },
    {
      step: "order",
      title: options.position === "top" ? "At the top of the list" : `Directly above ${original.id}`,
      detail: `The first virtual host that matches answers, so the copycat comes before ${original.id}.`,
    },
    {
      step: "restart",
      title: "Switch",
      detail: "New requests get the copycat at once; requests in flight finish on the original.",
    },
  ];
}

function nameOf(host: string): string {
  return host === EVERY_HOST ? "every host that no other site has" : host;
}

function describeHosts(original: VirtualHost, copycat: VirtualHost, added: readonly string[]): string {
  const taken = new Set(copycat.hosts.map(hostKey));
  const kept = original.hosts.filter((host) => host !== "*" && !taken.has(hostKey(host)));
  const left =
    kept.length === 0
      ? "These are all hosts of the original."
      : `${listOf(kept, "and")} ${kept.length === 1 ? "stays" : "stay"} with the original.`;
  return added.length === 0
    ? left
    : `${left} ${listOf(added, "and")} ${added.length === 1 ? "is" : "are"} added to the original, for staff.`;
}

export function describeExceptions({
  exceptions = [],
  internalHosts = [],
}: MaintenanceOptions): Pick<PlanStep, "title" | "detail"> {
  const staff = internalHosts.length === 0 ? "" : ` Staff use ${listOf(internalHosts, "and")}.`;
  if (exceptions.length === 0)
    return {
      title: staff === "" ? "Nobody is let through" : "Only staff are let through",
      detail: `No request to the hosts above gets the original.${staff}`,
    };
  const count = `${exceptions.length} ${exceptions.length === 1 ? "exception" : "exceptions"}`;
  return {
    title: count,
    detail: `The original answers requests that match ${exceptions.length === 1 ? "it" : "one of them"}.${staff}`,
  };
}

export function describeResponse({
  page,
  root,
  status,
  retryAfter,
}: MaintenanceHandler): Pick<PlanStep, "title" | "detail"> {
  const shown =
    root !== undefined ? `the page in ${root}` : page === undefined ? "no page of its own" : "the built-in page";
  const retry =
    retryAfter === undefined
      ? ""
      : retryAfter === "end"
        ? ", and Retry-After counts down to the end"
        : `, and Retry-After: ${retryAfter}`;
  return { title: `Visitors get ${status ?? 503}`, detail: `With ${shown}; programs get JSON${retry}.` };
}
