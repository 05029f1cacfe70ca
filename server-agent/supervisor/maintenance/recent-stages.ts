import type { Stage } from "../../contract/maintenance.ts";

/**
 * Bytes of ended stages that go with every snapshot and event; pages with embedded logos would make
 * them as large as all else together.
 */
const MAX_HISTORY_BYTES = 1024 * 1024;

const sizes = new WeakMap<Stage, number>();

/**
 * Stages as they go with every snapshot and event: the held one, the last that ended, and more of
 * the ended ones as far as they are small.
 */
export function recentStages(newestFirst: readonly Stage[]): Stage[] {
  let size = 0;
  let ended = 0;
  return newestFirst.filter((stage) => {
    if (stage.state === "staged") return true;
    size += sizeOf(stage);
    return ended++ === 0 || size <= MAX_HISTORY_BYTES;
  });
}

function sizeOf(stage: Stage): number {
  const known = sizes.get(stage) ?? JSON.stringify(stage).length;
  sizes.set(stage, known);
  return known;
}
