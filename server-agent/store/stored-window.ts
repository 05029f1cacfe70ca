/** What one file of `windows/` holds. */
import { z } from "zod";
import { Occurrence, WindowDraft } from "../contract/windows.ts";

/**
 * A window as it was planned, and what became of its occurrences. The next one is computed and not
 * stored.
 */
export const StoredWindow = z.strictObject({
  ...WindowDraft.shape,
  id: z.string(),
  revision: z.int(),
  createdAt: z.iso.datetime(),
  /** Up to here nothing of its calendar is left to be looked at: what was to start has a record. */
  seenTo: z.iso.datetime(),
  /** Oldest first, each with its record only once something became of it. */
  records: z.array(Occurrence),
});
export type StoredWindow = z.infer<typeof StoredWindow>;
