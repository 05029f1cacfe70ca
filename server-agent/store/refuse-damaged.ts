/**
 * Why an agent does not start on generations that are damaged or lost, the way out, and what it
 * says when a person has taken that way.
 */
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Receipt } from "../contract/maintenance.ts";
import { listOf } from "../core/wording.ts";
import { type DamagedLatest, type LoadedGenerations, nameOf } from "./generation-files.ts";

/**
 * The generation before a damaged or lost latest one would undo what somebody changed since: it
 * could open a site that is closed. So it serves only once a person says so.
 * @param receipts as their own files tell
 */
export function refuseDamaged(
  directory: string,
  { files, active, corrupt, damagedLatest }: LoadedGenerations,
  receipts: readonly Receipt[],
): string | undefined {
  if (active === undefined && corrupt > 0)
    return `${join(directory, "generations")} holds ${corrupt} generations and none of them is readable; restore a backup, or move the folder away to start from --config`;
  if (active === undefined) return undefined;
  const latest = damagedLatest ?? lostLatest(directory, files.next, receipts);
  if (latest === undefined) return undefined;
  const { generation, file, isThere, needing } = latest;
  const before = active.record;
  const closed = receipts.filter(({ state }) => state === "in-maintenance").map(({ site }) => site);
  return [
    needing === undefined
      ? `the latest generation (${generation}) is ${isThere ? "damaged" : "lost"}, and an older one in its place could open a site that is closed.`
      : `the latest generation (${needing}) cannot be read without generation ${generation}, which is ${isThere ? "damaged" : "lost"}; an older one in its place could open a site that is closed.`,
    closed.length === 0 ? "" : `According to their receipts, ${listOf([...new Set(closed)], "and")} should be closed.`,
    `Restore ${file} from a backup; or, to serve generation ${before.generation} ("${before.reason}", ${before.createdAt}), ${isThere ? `set it aside: mv ${file}` : "give it up: touch"} ${file}.corrupt`,
  ]
    .filter((sentence) => sentence !== "")
    .join(" ");
}

/**
 * A receipt is stored after the generation that made it: one of a generation that has no file, nor
 * had one that was set aside, outlived it.
 */
function lostLatest(directory: string, next: number, receipts: readonly Receipt[]): DamagedLatest | undefined {
  const generation = receipts.reduce(
    (last, receipt) => Math.max(last, receipt.generation, receipt.revert?.generation ?? 0),
    0,
  );
  return generation < next
    ? undefined
    : { generation, file: join(directory, "generations", nameOf(generation)), isThere: false };
}

/**
 * That an older generation serves in place of one that was set aside: true until the configuration
 * is changed. A restart changes nothing, and where the next one has another document than the one
 * before, nothing is missing.
 */
export async function olderServes({ files, records, setAside }: LoadedGenerations): Promise<string | undefined> {
  if (setAside === undefined) return undefined;
  const before = records.findLast(({ generation }) => generation < setAside);
  const after = records.filter(({ generation }) => generation > setAside);
  if (before === undefined || after.some(({ changes }) => changes.length > 0)) return undefined;
  const [next] = after;
  const isSame = async (generation: number): Promise<boolean> =>
    isDeepStrictEqual(await files.config(generation), await files.config(before.generation));
  if (next !== undefined && !(await isSame(next.generation))) return undefined;
  return `Generation ${setAside} is damaged or lost and was set aside: what generation ${before.generation} says is in service instead, and what was changed after it is not. Shown until the configuration is changed.`;
}
