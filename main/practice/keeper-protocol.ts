/** Messages between the app and the keeper of the practice server's programs. */
import { z } from "zod";

/**
 * What the app tells the practice keeper, one JSON document a line. The end of the input ends
 * everything: it also comes when the app dies.
 */
export const ToKeeper = z.strictObject({ type: z.literal("visitors"), run: z.boolean() });
export type ToKeeper = z.infer<typeof ToKeeper>;

/** What the keeper tells the app, one JSON document a line. */
export const FromKeeper = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("step"), step: z.enum(["shop", "agent", "nginx"]) }),
  z.strictObject({ type: z.literal("ready"), socketPath: z.string(), url: z.string() }),
  z.strictObject({ type: z.literal("visitors"), running: z.boolean() }),
  z.strictObject({ type: z.literal("failed"), message: z.string() }),
]);
export type FromKeeper = z.infer<typeof FromKeeper>;
