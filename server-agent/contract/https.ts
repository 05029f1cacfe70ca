/** How visitors of a site are brought to TLS, and kept there. */
import { z } from "zod";
import { Condition } from "./condition.ts";

export const RedirectToHttps = z
  .strictObject({
    status: z
      .union([z.literal(308), z.literal(301)])
      .optional()
      .describe("Default 308, with which a POST stays a POST; 301 for programs that do not know 308."),
    port: z.int().min(1).max(65535).optional().describe("Where TLS is spoken, as visitors see it. Default 443."),
    except: Condition.optional().describe(
      "Requests that are answered without TLS, too. Certificate renewal (`/.well-known/acme-challenge/*`) and health checks (`/healthz`) always are.",
    ),
  })
  .meta({ id: "RedirectToHttps" });
export type RedirectToHttps = z.infer<typeof RedirectToHttps>;

export const Hsts = z
  .strictObject({
    maxAge: z
      .int()
      .min(0)
      .max(10 * 31_536_000)
      .describe("Seconds for which browsers ask for the site over TLS only; 31536000 is a year, 0 takes it back."),
    includeSubDomains: z.boolean().optional().describe("`true`: all names below its hosts, too."),
    preload: z
      .boolean()
      .optional()
      .describe("`true`: browsers may ship it in their lists; needs `includeSubDomains` and a year at least."),
  })
  .meta({ id: "Hsts" });
export type Hsts = z.infer<typeof Hsts>;
