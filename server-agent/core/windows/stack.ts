/** Windows that overlap on a site are a stack: it stays closed until the last one ends. */
import type { Occurrence } from "../../contract/windows.ts";
import type { Receipt } from "../../contract/maintenance.ts";

/** Whether an occurrence holds on to the maintenances that it names. */
export function isActive({ state }: Occurrence): boolean {
  return state === "running" || state === "overrun";
}

/**
 * Which maintenances end with this occurrence, and why the others do not. Those opened by hand are
 * ended by hand.
 */
export function endedWith(
  ending: Occurrence,
  active: readonly Occurrence[],
  open: readonly Receipt[],
): { revert: Receipt[]; kept: string[] } {
  const revert: Receipt[] = [];
  const kept: string[] = [];
  for (const receipt of open) {
    if (!ending.receipts.includes(receipt.id)) continue;
    const other = active.find((candidate) => !isSame(candidate, ending) && candidate.receipts.includes(receipt.id));
    if (receipt.window === undefined) kept.push(`${receipt.site} stays closed: ${receipt.author} closed it by hand`);
    else if (other !== undefined)
      kept.push(`${receipt.site} stays closed: window ${other.window} holds it until ${other.end}`);
    else revert.push(receipt);
  }
  return { revert, kept };
}

/**
 * The end that a closed site's page must tell: the latest of those that hold it. `undefined` where
 * it is right as it is. A maintenance by hand keeps its own end where that is later, and gets none
 * where it has none.
 */
export function endToTell(receipt: Receipt, active: readonly Occurrence[]): string | undefined {
  const ends = active
    .filter(({ state, receipts }) => state === "running" && receipts.includes(receipt.id))
    .map(({ end }) => Date.parse(end));
  if (ends.length === 0) return undefined;
  const told = receipt.until === undefined ? undefined : Date.parse(receipt.until);
  if (receipt.window === undefined && (told === undefined || told >= Math.max(...ends))) return undefined;
  const latest = Math.max(...ends);
  return told === latest ? undefined : new Date(latest).toISOString();
}

function isSame(a: Occurrence, b: Occurrence): boolean {
  return a.window === b.window && a.start === b.start;
}

/**
 * Why a maintenance cannot be brought back by hand: it would open its site in the middle of a
 * window that is not its own.
 */
export function heldFor(receipt: Receipt, active: readonly Occurrence[]): Occurrence | undefined {
  return active
    .filter(
      ({ state, window, receipts }) =>
        state === "running" && window !== receipt.window?.id && receipts.includes(receipt.id),
    )
    .reduce<Occurrence | undefined>(
      (last, each) => (last === undefined || each.end > last.end ? each : last),
      undefined,
    );
}
