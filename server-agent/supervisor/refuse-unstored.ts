import { messageOf } from "../log.ts";
import { refuse } from "../result.ts";
import { UnknownOutcome } from "../store/folder.ts";

/**
 * What is said where something could not be stored: `store.failed`. Nothing was changed then, or it
 * is said that this is not known.
 * @param what at the beginning of a sentence, like "The window"
 */
export function refuseUnstored(what: string, failure: unknown): ReturnType<typeof refuse> {
  const why = messageOf(failure);
  return failure instanceof UnknownOutcome
    ? refuse(
        "store.failed",
        `${what} could not be stored, and the disk did not confirm that it was taken back: it has no effect now, but may be there after a restart. ${why}`,
      )
    : refuse("store.failed", `${what} could not be stored, so that nothing was changed: ${why}`);
}
