/** Why an agent does not start on generations that are damaged, and the way out. */
import { join } from "node:path";
import type { Receipt } from "../contract/maintenance.ts";
import { listOf } from "../core/wording.ts";
import type { LoadedGenerations } from "./generation-files.ts";

/**
 * The generation before a damaged latest one would undo what somebody changed since: it could open
 * a site that is closed. So it serves only once a person has set the damaged one aside.
 * @param receipts as their own files tell
 */
export function refuseDamaged(
  directory: string,
  { active, corrupt, damagedLatest }: LoadedGenerations,
  receipts: readonly Receipt[],
): string | undefined {
  if (active === undefined && corrupt > 0)
    return `${join(directory, "generations")} holds ${corrupt} generations and none of them is readable; restore a backup, or move the folder away to start from --config`;
  if (active === undefined || damagedLatest === undefined) return undefined;
  const { generation, file } = damagedLatest;
  const before = active.record;
  const closed = receipts.filter(({ state }) => state === "in-maintenance").map(({ site }) => site);
  return [
    `the latest generation (${generation}) is damaged, and an older one in its place could open a site that is closed.`,
    closed.length === 0 ? "" : `According to their receipts, ${listOf([...new Set(closed)], "and")} should be closed.`,
    `Restore ${file} from a backup; or, to serve generation ${before.generation} ("${before.reason}", ${before.createdAt}), set it aside: mv ${file} ${file}.corrupt`,
  ]
    .filter((sentence) => sentence !== "")
    .join(" ");
}
