import { z } from "zod";

/** Where spans of requests go (OpenTelemetry). */
export const Tracing = z
  .strictObject({
    endpoint: z
      .string()
      .regex(/^https?:\/\/[^/?#@\s]+\/[^?#\s]*$/, "use an address such as http://127.0.0.1:4318/v1/traces")
      .describe(
        "OTLP/HTTP endpoint of the collector, such as `http://127.0.0.1:4318/v1/traces`. Spans are sent as JSON.",
      ),
    sample: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe(
        "Sampling ratio from 0 to 1 for requests without a `traceparent`, which otherwise decides. Default 1: every request.",
      ),
    service: z.string().min(1).max(100).optional().describe("`service.name` of the spans. Default `backsoon`."),
  })
  .meta({ id: "Tracing" });
export type Tracing = z.infer<typeof Tracing>;
