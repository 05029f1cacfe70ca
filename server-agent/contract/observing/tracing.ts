import { z } from "zod";

/** Where spans of requests go (OpenTelemetry). */
export const Tracing = z
  .strictObject({
    endpoint: z
      .string()
      .regex(/^https?:\/\/[^/?#@\s]+\/[^?#\s]*$/, "use an address such as http://127.0.0.1:4318/v1/traces")
      .describe("Where a collector takes OTLP over HTTP as JSON, such as `http://127.0.0.1:4318/v1/traces`."),
    sample: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe("Share of requests that are told, unless who sent them has decided (`traceparent`). Default 1."),
    service: z.string().min(1).max(100).optional().describe("Name of the service. Default `backsoon`."),
  })
  .meta({ id: "Tracing" });
export type Tracing = z.infer<typeof Tracing>;
