import type { Config, VirtualHost } from "../../contract/config.ts";
import type { ErrorCode } from "../../contract/errors.ts";
import type { Receipt } from "../../contract/maintenance.ts";
import { coversHost } from "./host-coverage.ts";
import { answersFor } from "./plan.ts";

export type Reverted =
  | { ok: true; config: Config }
  | { ok: false; code: ErrorCode; message: string; /** JSON Pointer to what is in the way. */ path: string };

type UndoneReceipt = Pick<Receipt, "site" | "copycat" | "operations">;

/**
 * Undoes a maintenance on the configuration as it is now, which others may have changed meanwhile:
 * only the copycat goes, and the staff hosts that the plan added.
 *
 * - `delete` removes the copycat. One of an earlier maintenance that the plan had replaced comes
 *   back to its place, or directly below the original if its neighbour is gone.
 * - `demote` moves the copycat directly below the original, where it never answers, because the
 *   original answers for the same hosts. Where that would not hold (the original has a `when`,
 *   is disabled, or no longer has all of the copycat's hosts) or below is no room (the original is
 *   the catch-all), the copycat is disabled as well. One that it had replaced stays replaced.
 *
 * What others did meanwhile:
 * - Moved, edited or disabled the copycat: it is still ours by its id and `copycatOf`, so it goes.
 * - Removed the copycat or the staff hosts by hand: done already; the rest is undone.
 * - Changed anything else, the original included: left as it is.
 *
 * Conflicts, code `maintenance.conflict`, in which nothing is changed:
 * - The original was removed or renamed: there is nothing to bring back.
 * - The copycat's id belongs to a virtual host that is not a copycat of this site, or the copycat
 *   is gone and another one, perhaps ours under a new name, stands above the original.
 * - Another virtual host is a copycat of the copycat and would be left without original.
 * - Without the staff hosts the original would have no host left.
 * - The id of the replaced copycat was given to something else.
 *
 * Whether the receipt was reverted before is the caller's to know.
 */
export function revertMaintenance(config: Config, receipt: UndoneReceipt, how: "delete" | "demote"): Reverted {
  const { virtualHosts } = config;
  const { site } = receipt;
  const original = virtualHosts.find(({ id }) => id === site);
  if (original === undefined)
    return conflict(
      `${site} was removed or renamed meanwhile, so there is nothing to bring back. Put it back first, or go back to an earlier generation.`,
      "",
    );
  const copycat = virtualHosts.find(({ id }) => id === receipt.copycat);
  const obstacle = obstacleTo(config, original, copycat, receipt.copycat);
  if (obstacle !== undefined) return inTheWay(config, obstacle);

  const restored = withoutStaff(original, receipt);
  if (restored.hosts.length === 0)
    return conflict(
      `${site} has no host but the staff hosts that would be removed now. Give it another one first.`,
      `/virtualHosts/${virtualHosts.indexOf(original)}/hosts`,
    );
  const others = virtualHosts
    .filter((virtualHost) => virtualHost !== copycat)
    .map((virtualHost) => (virtualHost === original ? restored : virtualHost));
  const undone =
    how === "demote" && copycat !== undefined
      ? demote(others, restored, copycat)
      : returnReplaced(others, restored, receipt);
  if (!Array.isArray(undone)) return inTheWay(config, undone);
  const orphan = undone.find(({ copycatOf }) => copycatOf === receipt.copycat);
  if (orphan !== undefined && !undone.some(({ id }) => id === receipt.copycat))
    return inTheWay(config, {
      at: orphan,
      message: `${orphan.id} is a copycat of ${receipt.copycat}, which would be removed. Remove ${orphan.id} first.`,
    });
  return { ok: true, config: { ...config, virtualHosts: undone } };
}

interface Obstacle {
  at: VirtualHost;
  message: string;
}

function conflict(message: string, path: string): Reverted {
  return { ok: false, code: "maintenance.conflict", message, path };
}

function inTheWay({ virtualHosts }: Config, { at, message }: Obstacle): Reverted {
  return conflict(message, `/virtualHosts/${virtualHosts.findIndex(({ id }) => id === at.id)}`);
}

function obstacleTo(
  config: Config,
  original: VirtualHost,
  copycat: VirtualHost | undefined,
  copycatId: string,
): Obstacle | undefined {
  if (copycat === undefined) {
    const other = config.virtualHosts.find((virtualHost) => answersFor(virtualHost, original, config));
    const message = `${copycatId} is gone, but ${other?.id ?? ""} keeps ${original.id} in maintenance. Remove it by hand, or give it the name ${copycatId} again.`;
    return other === undefined ? undefined : { at: other, message };
  }
  if (copycat.copycatOf === original.id) return undefined;
  const message = `${copycatId} is no longer the copycat of ${original.id}: somebody made another virtual host of it. Remove or rename it by hand.`;
  return { at: copycat, message };
}

function withoutStaff(original: VirtualHost, { site, operations }: UndoneReceipt): VirtualHost {
  const staff = new Set(
    operations.flatMap((operation) => (operation.op === "add-hosts" && operation.id === site ? operation.hosts : [])),
  );
  const hosts = original.hosts.filter((host) => !staff.has(host));
  return hosts.length === original.hosts.length ? original : { ...original, hosts };
}

function demote(virtualHosts: readonly VirtualHost[], original: VirtualHost, copycat: VirtualHost): VirtualHost[] {
  const home = virtualHosts.indexOf(original);
  const hasRoom = home < virtualHosts.length - 1;
  const takesAll = original.when === undefined && original.disabled !== true;
  const isCovered =
    takesAll && copycat.hosts.every((host) => original.hosts.some((pattern) => coversHost(pattern, host)));
  return virtualHosts.toSpliced(
    hasRoom ? home + 1 : home,
    0,
    hasRoom && isCovered ? copycat : { ...copycat, disabled: true },
  );
}

/**
 * Puts a copycat of an earlier maintenance, which the plan replaced, back to where it stood; never
 * to where it would answer before the original.
 */
function returnReplaced(
  virtualHosts: VirtualHost[],
  original: VirtualHost,
  { operations }: UndoneReceipt,
): VirtualHost[] | Obstacle {
  const operation = operations.find(({ op }) => op === "remove-virtual-host");
  if (operation?.op !== "remove-virtual-host") return virtualHosts;
  const { virtualHost: replaced, above } = operation;
  const namesake = virtualHosts.find(({ id }) => id === replaced.id);
  // Somebody has put it back already.
  if (namesake?.copycatOf === original.id) return virtualHosts;
  if (namesake !== undefined) {
    const message = `${replaced.id}, the copycat of an earlier maintenance, cannot come back: another virtual host has its name now. Rename that one first.`;
    return { at: namesake, message };
  }
  const home = virtualHosts.indexOf(original);
  const neighbour = virtualHosts.findIndex(({ id }) => id === above);
  const isSafe = neighbour > home || (neighbour >= 0 && replaced.disabled === true);
  if (isSafe) return virtualHosts.toSpliced(neighbour, 0, replaced);
  return home < virtualHosts.length - 1
    ? virtualHosts.toSpliced(home + 1, 0, replaced)
    : virtualHosts.toSpliced(home, 0, { ...replaced, disabled: true });
}
