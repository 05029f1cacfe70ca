import type { Stage } from "../../contract/maintenance.ts";
import { textSize } from "../../store/text-size.ts";

/**
 * Bytes of ended stages that go with every snapshot and event; pages with embedded logos would make
 * them as large as all else together.
 */
const MAX_HISTORY_BYTES = 1024 * 1024;

/** How many ended stages are kept, and how many characters of them beside the last one. */
const MAX_ENDED_STAGES = 20;
const MAX_ENDED_CHARACTERS = 8 * 1024 * 1024;

/** Ended stages, newest first, that are too old, or too large together, to be kept. */
export function oldStages(endedNewestFirst: readonly Stage[]): Stage[] {
  let size = 0;
  return endedNewestFirst.filter((stage, index) => {
    size += textSize(stage);
    return index >= MAX_ENDED_STAGES || (index > 0 && size > MAX_ENDED_CHARACTERS);
  });
}

/**
 * Stages as they go with every snapshot and event: the held one, the last that ended, and more of
 * the ended ones as far as they are small.
 */
export function recentStages(newestFirst: readonly Stage[]): Stage[] {
  let size = 0;
  let ended = 0;
  return newestFirst.filter((stage) => {
    if (stage.state === "staged") return true;
    size += textSize(stage);
    return ended++ === 0 || size <= MAX_HISTORY_BYTES;
  });
}
