/** How much a rule takes of visitors, and gives. */
import { z } from "zod";

export const RateLimit = z
  .strictObject({
    requests: z.int().min(1).max(1_000_000).describe("Requests allowed per client."),
    seconds: z.number().gt(0).max(86_400).optional().describe("Period in seconds, on average. Default 1."),
    burst: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe("Requests allowed at once after a pause. Default: `requests`."),
  })
  .meta({ id: "RateLimit" });
export type RateLimit = z.infer<typeof RateLimit>;

export const limits = {
  rateLimit: RateLimit.optional().describe(
    "Limits requests per client; further ones get 429 with `Retry-After`. A client is an IPv4 address or an IPv6 network (/64). Each worker counts separately.",
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
      "Seconds for the whole body to arrive; otherwise the answer is 408. Default: no limit, except 60 seconds of silence.",
    ),
  bytesPerSecond: z
    .int()
    .min(1024)
    .max(Number.MAX_SAFE_INTEGER)
    .optional()
    .describe("Average speed at which an answer is sent. Applies to each answer separately."),
};
