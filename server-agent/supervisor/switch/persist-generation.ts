import { type Log, messageOf } from "../../log.ts";
import { done, type Result } from "../../result.ts";
import type { StateDirectory } from "../../store/state-directory.ts";
import type { StoredGeneration } from "../../store/stored-generation.ts";
import { refuseUnstored } from "../refuse-unstored.ts";

/** Makes a generation durable. Refuses with `store.failed`; then nothing has changed. */
export function persistGeneration(
  { state, log }: { state: StateDirectory; log: Log },
  stored: StoredGeneration,
): Result<undefined> {
  try {
    state.commit(stored);
    return done(undefined);
  } catch (failure) {
    log.error("could not store a generation; nothing has changed", {
      generation: stored.generation,
      why: messageOf(failure),
    });
    return refuseUnstored("The change", failure);
  }
}
