/** What the file of `traffic/` holds. */
import { z } from "zod";

export const StoredTraffic = z.strictObject({
  id: z.literal("hours"),
  /** Oldest first. */
  hours: z.array(
    z.strictObject({
      start: z.iso.datetime(),
      /** So many minutes of it the agent was there to count. */
      minutes: z.int(),
      /** By site; none for those that nobody visited. */
      requests: z.record(z.string(), z.int()),
    }),
  ),
});
export type StoredTraffic = z.infer<typeof StoredTraffic>;
