/** Conditions of virtual hosts and rules: one language for both. */
import { z } from "zod";
import { nonEmpty } from "./fields.ts";

function oneOrMany(item: z.ZodString, what: string) {
  return z.union([item, z.array(item).min(1)]).describe(what);
}

/**
 * `true`: present with any value. A string: that value. A string starting with `~`: a regular
 * expression. A list: any of these.
 */
const fieldValue = z.union([z.literal(true), z.string(), z.array(z.string()).min(1)]);
function fields(what: string) {
  return z
    .record(nonEmpty, fieldValue)
    .refine((value) => Object.keys(value).length > 0, "name at least one field")
    .describe(
      `${what} Values: \`true\` = present with any value, text = exact value, \`~text\` = regular expression, a list = any of these. All named fields must match.`,
    );
}

const names = oneOrMany(nonEmpty, "Its common name: exact text, or `~` + regular expression.");
const fingerprints = oneOrMany(
  z
    .string()
    .regex(/^(?:[0-9A-Fa-f]{2}:?){32}$/, "write the SHA-256 fingerprint: 64 hexadecimal digits, colons allowed"),
  "Its SHA-256 fingerprint.",
);

export interface WantedCertificate {
  commonName?: string | string[] | undefined;
  fingerprint?: string | string[] | undefined;
}

const continent = z.enum(["AF", "AN", "AS", "EU", "NA", "OC", "SA"]);
type Continent = z.infer<typeof continent>;
const asn = z.int().min(0).max(4_294_967_295);

/** A condition is an any/all/not tree. All keys of one object must be met. */
export interface Condition {
  any?: Condition[] | undefined;
  all?: Condition[] | undefined;
  not?: Condition | undefined;
  path?: string | string[] | undefined;
  pathRegex?: string | string[] | undefined;
  urlRegex?: string | string[] | undefined;
  extension?: string | string[] | undefined;
  method?: string | string[] | undefined;
  header?: Record<string, true | string | string[]> | undefined;
  cookie?: Record<string, true | string | string[]> | undefined;
  query?: Record<string, true | string | string[]> | undefined;
  from?: string | string[] | undefined;
  country?: string | string[] | undefined;
  continent?: Continent | Continent[] | undefined;
  asn?: number | number[] | undefined;
  tls?: boolean | undefined;
  clientCertificate?: true | WantedCertificate | undefined;
  listener?: string | string[] | undefined;
  exists?: string | string[] | undefined;
  pass?: true | undefined;
  share?: number | undefined;
}

export const Condition: z.ZodType<Condition> = z
  .strictObject({
    get any() {
      return z.array(Condition).min(1).optional().describe("At least one of these conditions matches.");
    },
    get all() {
      return z.array(Condition).min(1).optional().describe("All of these conditions match.");
    },
    get not() {
      return Condition.optional().describe("This condition does not match.");
    },
    path: oneOrMany(
      z.string().startsWith("/"),
      "The decoded path: exact (`/healthz`) or everything below a prefix (`/static/*`).",
    ).optional(),
    pathRegex: oneOrMany(
      nonEmpty,
      "RE2 regular expression, matched anywhere in the decoded path; anchor it with ^ and $.",
    ).optional(),
    urlRegex: oneOrMany(
      nonEmpty,
      "The same, matched in the decoded path followed by `?` and the query as it was sent, if there is one: `^/news\\?id=\\d+$`.",
    ).optional(),
    extension: oneOrMany(
      z.string().regex(/^[^./]+$/, "write the extension without dots and slashes: `php`"),
      "Extension of the last path segment, without the dot, in lower case: `php`.",
    ).optional(),
    method: oneOrMany(
      z.string().regex(/^[A-Z]+(-[A-Z]+)*$/, "write the method in upper case: `GET`"),
      "Request method in upper case: `GET`.",
    ).optional(),
    header: fields("Request headers by name, in any case.").optional(),
    cookie: fields("Cookies by name.").optional(),
    query: fields("Decoded query parameters by name.").optional(),
    from: oneOrMany(
      nonEmpty,
      "Client address: IPv4, IPv6 or CIDR. Forwarded addresses count only from `trustedProxies`.",
    ).optional(),
    country: oneOrMany(
      z.string().regex(/^[A-Z]{2}$/, "use the two uppercase letters of the ISO 3166-1 code, such as `DE`"),
      "Country of the client address, as ISO 3166-1 code: `DE`. Needs `geoFiles`. Addresses that are not in them have no country.",
    ).optional(),
    continent: z
      .union([continent, z.array(continent).min(1)])
      .optional()
      .describe("Continent of the client address. Needs `geoFiles`."),
    asn: z
      .union([asn, z.array(asn).min(1)])
      .optional()
      .describe("Autonomous system number (ASN, network operator) of the client address: `3320`. Needs `geoFiles`."),
    tls: z.boolean().optional().describe("The visitor uses TLS, to this server or to a trusted proxy that reports it."),
    clientCertificate: z
      .union([
        z.literal(true),
        z
          .strictObject({ commonName: names.optional(), fingerprint: fingerprints.optional() })
          .refine((value) => Object.keys(value).length > 0, "write `true` for any certificate"),
      ])
      .optional()
      .describe(
        "The visitor has a client certificate that the listener's `clientCertificates` accepts: any (`true`), or one of these. All given fields must match.",
      ),
    listener: oneOrMany(nonEmpty, "Name of the listener on which the request came in.").optional(),
    exists: oneOrMany(
      z.string().startsWith("/"),
      "This file exists on the server. `{path}` is replaced by the request's path. Checked at most once a second.",
    ).optional(),
    pass: z.literal(true).optional().describe("The visitor's browser has a staff pass for the site."),
    share: z.number().gt(0).lt(1).optional().describe("Reserved for a sticky share of visitors; not accepted yet."),
  })
  .refine((value) => Object.keys(value).length > 0, "a condition cannot be empty; remove it to match every request")
  .meta({ id: "Condition", description: "All keys of one object must be met." });
