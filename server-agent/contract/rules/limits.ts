/** How much a rule takes of visitors, and gives. */
import { z } from "zod";

export const RateLimit = z
  .strictObject({
    requests: z.int().min(1).max(1_000_000).describe("So many requests of one client."),
    seconds: z.number().gt(0).max(86_400).optional().describe("Within so many seconds, on average. Default 1."),
    burst: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe("So many may come at once after a pause. Default: as many as `requests`."),
  })
  .meta({ id: "RateLimit" });
export type RateLimit = z.infer<typeof RateLimit>;

export const limits = {
  rateLimit: RateLimit.optional().describe(
    "Who asks for more gets 429 with `Retry-After`. A client is an address, or a network of IPv6 (/64). Each worker counts for itself.",
  ),
  maxBodyBytes: z
    .int()
    .min(0)
    .max(Number.MAX_SAFE_INTEGER)
    .optional()
    .describe("A request with a larger body gets 413. Default: no limit."),
  bodyTimeout: z
    .number()
    .gt(0)
    .max(86_400)
    .optional()
    .describe(
      "Seconds in which the whole body has to arrive; later, the answer is 408. Default: no limit, but 60 seconds of silence.",
    ),
  bytesPerSecond: z
    .int()
    .min(1024)
    .max(Number.MAX_SAFE_INTEGER)
    .optional()
    .describe("How fast an answer is sent, on average. Each answer has this for itself."),
};
