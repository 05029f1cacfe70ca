/**
 * Receipts follow the configuration that serves. Whoever removes a copycat by hand has ended its
 * maintenance; whoever puts one in place (by hand, or by rolling back) has begun one, and can bring
 * the site back with one click like after the recipe.
 */
import type { Change } from "../../contract/agent.ts";
import type { Config, VirtualHost } from "../../contract/config.ts";
import type { Receipt } from "../../contract/maintenance.ts";

export interface Occasion {
  generation: number;
  at: string;
  author: string;
  reason: string;
  changes: Change[];
  /** Id for a receipt that begins with this change. */
  newId: () => string;
  /** Whether the document is again what it was before this receipt's switch. */
  isExact: (receipt: Receipt) => boolean;
}

/**
 * The receipts that change their state with this document: closed ones, then new ones.
 * @param known all receipts, newest first; a receipt that the change itself opens or closes must
 *   already be among them in its new state
 */
export function observeMaintenance(config: Config, known: readonly Receipt[], occasion: Occasion): Receipt[] {
  const open = known.filter((receipt) => receipt.state === "in-maintenance");
  const closed = open
    .filter((receipt) => !answersFor(config, receipt.copycat, receipt.site))
    .map((receipt) => close(config, receipt, occasion));
  const opened = config.virtualHosts.flatMap((copycat) => {
    const site = copycat.copycatOf;
    if (site === undefined || !answersFor(config, copycat.id, site)) return [];
    return open.some((receipt) => receipt.copycat === copycat.id && receipt.site === site)
      ? []
      : [adopt(config, copycat, site, known, occasion)];
  });
  return [...closed, ...opened];
}

/** Whether this copycat stands in front of its original. */
function answersFor(config: Config, copycat: string, site: string): boolean {
  const position = config.virtualHosts.findIndex(
    (host) => host.id === copycat && host.copycatOf === site && host.disabled !== true,
  );
  return position !== -1 && position < config.virtualHosts.findIndex((host) => host.id === site);
}

function close(config: Config, receipt: Receipt, { generation, at, author, isExact }: Occasion): Receipt {
  const how = config.virtualHosts.some((host) => host.id === receipt.copycat) ? "demote" : "delete";
  return {
    ...receipt,
    state: "reverted",
    revert: { how, generation, at, author, exact: how === "delete" && isExact(receipt) },
  };
}

function adopt(
  config: Config,
  copycat: VirtualHost,
  site: string,
  known: readonly Receipt[],
  occasion: Occasion,
): Receipt {
  const position = config.virtualHosts.indexOf(copycat);
  // The catch-all is always last and never a copycat, so that something stands below.
  const above = config.virtualHosts[position + 1]?.id ?? site;
  const previous = known.find(
    (receipt) => receipt.copycat === copycat.id && receipt.site === site && insertsSame(receipt, copycat),
  );
  // Whoever put it there looks after it: the proof decided about the earlier one.
  const { revertIfWrong: _earlier, ...options } = previous?.options ?? {
    site,
    copycat: copycat.id,
    hosts: copycat.hosts,
  };
  const answer = copycat.rules.map((rule) => rule.handler).find((handler) => handler?.type === "maintenance");
  const until = answer?.until;
  return {
    id: occasion.newId(),
    site,
    copycat: copycat.id,
    state: "in-maintenance",
    generation: occasion.generation,
    startedAt: occasion.at,
    author: occasion.author,
    reason: occasion.reason,
    ...(until === undefined ? {} : { until }),
    options,
    operations: previous?.operations ?? [{ op: "insert-virtual-host", virtualHost: copycat, above }],
    inverse: previous?.inverse ?? [{ op: "remove-virtual-host", virtualHost: copycat, above }],
    changes: occasion.changes,
    warnings: [],
    counts: { refused: 0, excepted: 0, drained: 0, cut: 0, draining: 0 },
  };
}

/**
 * A roll-back brings back the copycat of an earlier receipt: then that receipt also knows the staff
 * names that came with it.
 */
function insertsSame(receipt: Receipt, copycat: VirtualHost): boolean {
  return receipt.operations.some(
    (operation) =>
      operation.op === "insert-virtual-host" && JSON.stringify(operation.virtualHost) === JSON.stringify(copycat),
  );
}
