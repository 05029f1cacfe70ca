/** Rules of a virtual host: what answers a request, and what is done to its answer. */
import { z } from "zod";
import { Auth } from "./auth.ts";
import { Condition } from "../condition.ts";
import { headerName, headerValue } from "../fields.ts";
import { Handler } from "../handler.ts";
import { limits } from "./limits.ts";

const VALUES =
  "Values may have `${host}`, `${path}`, `${query}`, `${client}` (address), `${country}` (by `geoFiles`) and `${scheme}` of the request, as the visitor sent them, and `${user}`, who has logged in.";

export const HeaderOperations = z
  .strictObject({
    set: z
      .record(headerName, headerValue)
      .optional()
      .describe(`Header fields by name; replaces fields of the same name. ${VALUES}`),
    add: z
      .record(headerName, z.union([headerValue, z.array(headerValue).min(1)]))
      .optional()
      .describe("The same, but keeps fields of the same name. A list adds several."),
    remove: z.array(headerName).min(1).optional().describe("Names of header fields to remove."),
  })
  .meta({ id: "HeaderOperations" });
export type HeaderOperations = z.infer<typeof HeaderOperations>;

export const Compression = z
  .strictObject({
    minBytes: z.int().min(0).max(100_000_000).optional().describe("Shorter answers are not compressed. Default 1024."),
    types: z
      .array(
        z
          .string()
          .regex(/^[a-z0-9!#$&^_.+-]+\/(?:\*|[a-z0-9!#$&^_.+-]+)$/, "use a media type such as `text/html` or `text/*`"),
      )
      .min(1)
      .optional()
      .describe(
        "Media types to compress, instead of text, JavaScript, JSON, XML, SVG, WebAssembly, plain fonts and bitmaps.",
      ),
  })
  .meta({ id: "Compression" });
export type Compression = z.infer<typeof Compression>;

/** What a rule does besides answering. */
const settings = {
  responseHeaders: HeaderOperations.optional().describe("Changes the header fields of every answer, error pages too."),
  requestHeaders: HeaderOperations.optional().describe("Changes the header fields that are sent to the upstream."),
  auth: Auth.optional().describe(
    "Only users with a name and password get an answer; all others get 401. Several of them must all be met.",
  ),
  ...limits,
  compress: z
    .union([z.boolean(), Compression])
    .optional()
    .describe(
      "Compresses what the handler does not (zstd, Brotli or gzip): text and similar types from 1,024 bytes, if the answer sets no cookie.",
    ),
  cacheControl: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe(
      "`Cache-Control` for successful answers, like `public, max-age=3600`, instead of the handler's own; `Expires` follows from `max-age`. Use it only for content that is the same for everybody.",
    ),
};

export const Rule = z
  .strictObject({
    when: Condition.optional().describe("Default: the rule applies to every request that reaches it."),
    handler: Handler.optional().describe(
      "What answers the request. Without it, the rest of this rule applies to the answer of the rule below that answers.",
    ),
    ...settings,
  })
  .refine(
    ({ when: _when, ...rest }) => Object.values(rest).some((value) => value !== undefined),
    "a rule needs a `handler`, or something that it changes, such as `responseHeaders`",
  )
  .meta({ id: "Rule" });
export type Rule = z.infer<typeof Rule>;

export type RuleSettings = Omit<Rule, "when" | "handler">;
