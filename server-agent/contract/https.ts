/** How visitors of a site are brought to TLS, and kept there. */
import { z } from "zod";
import { Condition } from "./condition.ts";

export const RedirectToHttps = z
  .strictObject({
    status: z
      .union([z.literal(308), z.literal(301)])
      .optional()
      .describe("Default 308, which keeps a POST a POST; 301 for clients that do not know 308."),
    port: z.int().min(1).max(65535).optional().describe("HTTPS port, as visitors see it. Default 443."),
    except: Condition.optional().describe(
      "Requests that are answered without TLS instead of redirected. Certificate renewal (`/.well-known/acme-challenge/*`) and health checks (`/healthz`) always are.",
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
      .describe("Seconds for which browsers use only HTTPS for the site; 31536000 is a year, 0 revokes it."),
    includeSubDomains: z.boolean().optional().describe("`true`: also for all subdomains of its hosts."),
    preload: z
      .boolean()
      .optional()
      .describe(
        "`true`: allows browsers to include it in their preload lists; needs `includeSubDomains` and at least a year.",
      ),
  })
  .meta({ id: "Hsts" });
export type Hsts = z.infer<typeof Hsts>;
