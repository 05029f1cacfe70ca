import type { Config, VirtualHost } from "../../contract/config.ts";
import type { ErrorCode, Problem } from "../../contract/errors.ts";
import type { MaintenanceOptions, Operation, Plan } from "../../contract/maintenance.ts";
import { diffConfig } from "../config/diff-config.ts";
import { chooseHosts, makeCopycat } from "./copycat.ts";
import { applyOperations, invertOperations } from "./operations.ts";
import { describeSteps } from "./steps.ts";
import { maintenanceWarnings } from "./warnings.ts";
import { validateChange } from "../config/validate-config.ts";
import { listOf, quote } from "../wording.ts";

export type Planned = { ok: true; plan: Plan } | { ok: false; code: ErrorCode; message: string; problems?: Problem[] };

/**
 * The recipe as data: put a copycat of the site above the original. Changes nothing; applying
 * `operations` to `before` gives `after`, applying `inverse` to `after` gives `before` byte for
 * byte.
 *
 * - The copycat answers for the original's hosts (or those of the options), except staff names,
 *   which belong to the original alone.
 * - It stands directly above the original, or at the top of the list.
 * - A copycat that an earlier maintenance left behind is replaced, and put back by the inverse.
 * - The catch-all, whose `*` only the last virtual host may have, gets a copycat with a regular
 *   expression that matches every host.
 *
 * `now` is ISO 8601. Errors: `not-found` (no such site), `maintenance.already` (a copycat answers
 * already), `options.invalid` with problems whose paths are those of the options.
 */
export function planMaintenance(config: Config, options: MaintenanceOptions, now: string): Planned {
  const original = config.virtualHosts.find(({ id }) => id === options.site);
  if (original === undefined) return { ok: false, code: "not-found", message: unknownSite(options.site, config) };
  if (original.copycatOf !== undefined) {
    const message = `${original.id} is itself the copycat of ${original.copycatOf}; choose that one instead`;
    return invalid([{ path: "/site", code: "site.copycat", message }]);
  }
  const copycats = config.virtualHosts.filter(
    ({ copycatOf }, index) => copycatOf === original.id && index < config.virtualHosts.length - 1,
  );
  const answering = copycats.find((copycat) => answersFor(copycat, original, config));
  if (answering !== undefined) {
    const message = `${original.id} is already in maintenance: its copycat ${answering.id} stands above it. Bring it back first.`;
    return { ok: false, code: "maintenance.already", message };
  }
  const choice = chooseHosts(original, options);
  if (!choice.ok) return invalid(choice.problems);
  const { hosts, added } = choice.chosen;
  // One that has a copycat itself cannot go; it is left where it is.
  const resting = copycats.find(({ id }) => !config.virtualHosts.some(({ copycatOf }) => copycatOf === id));
  const copycat = makeCopycat(config, original, options, hosts, resting);

  const operations = operationsOf(config, original, copycat, added, resting, options.position);
  const applied = applyOperations(config, operations);
  if (!applied.ok)
    return invalid([
      { path: "/copycat", code: "copycat.id", message: `${quote(copycat.id)} is taken; choose another name` },
    ]);
  const after = applied.config;
  const checked = validateChange(after, config);
  if (!checked.ok)
    return invalid(checked.problems.map((problem) => inOptions(problem, after, copycat.id, original.id)));
  return {
    ok: true,
    plan: {
      site: original.id,
      copycat: copycat.id,
      steps: describeSteps(original, copycat, added, options),
      operations,
      inverse: invertOperations(operations),
      changes: diffConfig(config, after),
      warnings: maintenanceWarnings({ after, original, copycat, resting, options, now }),
      before: config,
      after,
    },
  };
}

/** Whether this copycat is the maintenance of its original: enabled and above it. */
export function answersFor(copycat: VirtualHost, original: VirtualHost, { virtualHosts }: Config): boolean {
  return (
    copycat.copycatOf === original.id &&
    copycat.disabled !== true &&
    virtualHosts.indexOf(copycat) < virtualHosts.indexOf(original)
  );
}

function operationsOf(
  config: Config,
  original: VirtualHost,
  copycat: VirtualHost,
  added: string[],
  resting: VirtualHost | undefined,
  position: MaintenanceOptions["position"],
): Operation[] {
  const operations: Operation[] = [];
  const below = resting === undefined ? undefined : config.virtualHosts[config.virtualHosts.indexOf(resting) + 1];
  if (resting !== undefined && below !== undefined)
    operations.push({ op: "remove-virtual-host", virtualHost: resting, above: below.id });
  if (added.length > 0) operations.push({ op: "add-hosts", id: original.id, hosts: added });
  const top = config.virtualHosts.find((virtualHost) => virtualHost !== resting);
  operations.push({
    op: "insert-virtual-host",
    virtualHost: copycat,
    above: position === "top" && top !== undefined ? top.id : original.id,
  });
  return operations;
}

/** `options.invalid`, with the field in the message. */
export function invalid(problems: Problem[]): { ok: false; code: ErrorCode; message: string; problems: Problem[] } {
  const [first] = problems;
  const rest = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  const where = first?.path.split("/")[1] ?? "";
  return {
    ok: false,
    code: "options.invalid",
    message: `This cannot be planned: ${where === "" ? "" : `${where}: `}${first?.message ?? ""}${rest}`,
    problems,
  };
}

/** A site is named by its id; who knows only its host is told. */
function unknownSite(name: string, { virtualHosts }: Config): string {
  const sites = virtualHosts.filter(({ copycatOf }) => copycatOf === undefined);
  const owner = sites.find(({ hosts }) => hosts.some((host) => host === name.toLowerCase()));
  const hint =
    owner === undefined
      ? `there is ${listOf(
          sites.map(({ id }) => quote(id)),
          "and",
        )}`
      : `it is a host of the site ${quote(owner.id)}`;
  return `There is no site ${quote(name)}; ${hint}.`;
}

/** A problem of the resulting document, said of the option that caused it. */
export function inOptions(problem: Problem, after: Config, copycat: string, original: string): Problem {
  const pointers: [string, string][] = [
    [`${pointerTo(after, copycat)}/when/not/any`, "/exceptions"],
    [`${pointerTo(after, copycat)}/rules/0/handler`, ""],
    [`${pointerTo(after, copycat)}/hosts`, "/hosts"],
    [`${pointerTo(after, original)}/hosts`, "/internalHosts"],
  ];
  for (const [pointer, option] of pointers)
    if (problem.path === pointer || problem.path.startsWith(`${pointer}/`))
      return { ...problem, path: problem.path.replace(pointer, option) };
  return problem.path === `${pointerTo(after, copycat)}/id` ? { ...problem, path: "/copycat" } : problem;
}

function pointerTo({ virtualHosts }: Config, wanted: string): string {
  return `/virtualHosts/${virtualHosts.findIndex(({ id }) => id === wanted)}`;
}
