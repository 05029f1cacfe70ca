/**
 * The configuration document as zod schemas.
 *
 * The schemas never fill in defaults and never rewrite a value, so a document that is parsed and
 * stored again is the same document: `revert(apply(c)) = c` depends on it. Defaults are applied by
 * `core/routing-table.ts`. Every field has a description; `docs/configuration.md` and the JSON
 * Schema are generated from them.
 */
import { z } from "zod";

function oneOrMany(item: z.ZodString, what: string) {
  return z.union([item, z.array(item).min(1)]).describe(what);
}

const nonEmpty = z.string().min(1);

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

/** A condition is an any/all/not tree. All keys of one object must be met. */
export interface Condition {
  any?: Condition[] | undefined;
  all?: Condition[] | undefined;
  not?: Condition | undefined;
  path?: string | string[] | undefined;
  pathRegex?: string | string[] | undefined;
  extension?: string | string[] | undefined;
  method?: string | string[] | undefined;
  header?: Record<string, true | string | string[]> | undefined;
  cookie?: Record<string, true | string | string[]> | undefined;
  query?: Record<string, true | string | string[]> | undefined;
  from?: string | string[] | undefined;
  tls?: boolean | undefined;
  listener?: string | string[] | undefined;
  exists?: string | string[] | undefined;
  pass?: true | undefined;
  share?: number | undefined;
}

export const Condition: z.ZodType<Condition> = z
  .strictObject({
    get any() {
      return z.array(Condition).min(1).optional().describe("At least one of these conditions is met.");
    },
    get all() {
      return z.array(Condition).min(1).optional().describe("All of these conditions are met.");
    },
    get not() {
      return Condition.optional().describe("This condition is not met.");
    },
    path: oneOrMany(
      z.string().startsWith("/"),
      "The decoded path: exact (`/healthz`) or everything below a prefix (`/static/*`).",
    ).optional(),
    pathRegex: oneOrMany(
      nonEmpty,
      "RE2 regular expression, matched anywhere in the decoded path; anchor it with ^ and $.",
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
    tls: z.boolean().optional().describe("The visitor uses TLS, to this server or to a trusted proxy that reports it."),
    listener: oneOrMany(nonEmpty, "Name of the listener on which the request came in.").optional(),
    exists: oneOrMany(
      z.string().startsWith("/"),
      "This file exists on the server. `{path}` is replaced by the request's path. Checked at most once a second.",
    ).optional(),
    pass: z.literal(true).optional().describe("Reserved for staff passes; not accepted yet."),
    share: z.number().gt(0).lt(1).optional().describe("Reserved for a sticky share of visitors; not accepted yet."),
  })
  .refine((value) => Object.keys(value).length > 0, "a condition cannot be empty; remove it to match every request")
  .meta({ id: "Condition", description: "All keys of one object must be met." });

function status(from: number, to: number) {
  return z.int().min(from).max(to);
}
const absolutePath = z.string().startsWith("/", "use an absolute path");

/** Text of the built-in maintenance page. Plain text only: it is escaped wherever it is shown. */
export const PageContent = z
  .strictObject({
    title: z.string().max(200).optional().describe("Heading. Default: `Back soon`."),
    text: z.string().max(2000).optional().describe("What is happening, in a sentence or two. Line breaks are kept."),
    contact: z
      .string()
      .max(500)
      .optional()
      .describe("Whom to contact meanwhile: an e-mail address, a phone number, a link."),
    logo: z
      .string()
      .max(200_000)
      .regex(
        /^data:image\/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=]+$/,
        "use a data: URL with a base64 png, jpeg, gif, webp or svg image",
      )
      .optional()
      .describe("An image as a data: URL, so that the page depends on nothing that may be down."),
  })
  .meta({ id: "PageContent" });
export type PageContent = z.infer<typeof PageContent>;

const retryAfter = z
  .union([z.int().min(0).max(31_536_000), z.literal("end")])
  .describe(
    "`Retry-After` in seconds, or `end`: the seconds left until `until`. Default: `end` if `until` is set, else 600.",
  );
const until = z.iso.datetime({ offset: true }).describe("Expected end: ISO 8601 date and time with an offset or Z.");

export const MaintenanceHandler = z
  .strictObject({
    type: z.literal("maintenance"),
    page: z
      .union([z.literal("default"), PageContent])
      .optional()
      .describe("The built-in page, unchanged or with your own text."),
    root: absolutePath
      .optional()
      .describe(
        "Folder with your own `index.html` (or one `.html` file). Page requests get it with 503, its assets get 200.",
      ),
    status: status(400, 599)
      .optional()
      .describe("Alone: a status without a page. With `page` or `root`: the status of that page. Default 503."),
    retryAfter: retryAfter.optional(),
    until: until.optional(),
  })
  .refine((h) => !(h.page !== undefined && h.root !== undefined), {
    path: ["root"],
    message: "choose either `page` or `root`",
  })
  .refine((h) => h.retryAfter !== "end" || h.until !== undefined, {
    path: ["retryAfter"],
    message: "`end` needs `until`",
  })
  .describe("Says that the site is in maintenance: a page for people, JSON for API clients, for every method.");
export type MaintenanceHandler = z.infer<typeof MaintenanceHandler>;

const fileOptions = {
  root: absolutePath.describe(
    "Folder to serve. Nothing outside it is ever served, and no dotfiles except `.well-known`.",
  ),
  index: z
    .array(z.string().regex(/^[^/]+$/, "write file names without a folder: `index.html`"))
    .optional()
    .describe('Index files of a folder; the first that exists is served. Default `["index.html"]`.'),
};

const headerFields = z.record(
  z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "not a header name (RFC 9110, 5.1)"),
  z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, "not a header value (RFC 9110, 5.5)"),
);

export const Handler = z
  .discriminatedUnion("type", [
    MaintenanceHandler,
    z
      .strictObject({
        type: z.literal("error"),
        status: status(400, 599).describe("Status to answer with, and the site's error page for it."),
      })
      .describe("Answers with an error status."),
    z.strictObject({ type: z.literal("file"), ...fileOptions }).describe("Serves the files of a folder."),
    z.strictObject({ type: z.literal("listing"), root: fileOptions.root }).describe("Lists the contents of folders."),
    z
      .strictObject({ type: z.literal("common"), ...fileOptions })
      .describe("Serves files, and lists folders that have no index file."),
    z
      .strictObject({
        type: z.literal("redirect"),
        to: nonEmpty.describe(
          "Target: absolute path or http(s) URL. `$1`…`$9` are the groups of `regex`; `${host}`, `${path}` and `${query}` are those of the request.",
        ),
        regex: nonEmpty
          .optional()
          .describe("RE2 regular expression for path and query; a request that does not match gets 404."),
        status: z
          .union([z.literal(301), z.literal(302), z.literal(303), z.literal(307), z.literal(308)])
          .optional()
          .describe("Default 302."),
      })
      .describe("Redirects to another address."),
    z
      .strictObject({
        type: z.literal("proxy"),
        upstream: nonEmpty.describe("Name of an entry of `upstreams`."),
        preserveHost: z
          .boolean()
          .optional()
          .describe("`true` (default): send the visitor's `Host` to the upstream. `false`: send the target's own."),
      })
      .describe("Forwards the request to an upstream."),
    z
      .strictObject({
        type: z.literal("respond"),
        status: status(200, 599).optional().describe("Default 200."),
        headers: headerFields
          .optional()
          .describe("Header fields by name. Framing fields such as `Content-Length` are set by the server."),
        body: z.string().optional().describe("Body of the response. Default: empty."),
      })
      .describe("Sends a fixed response."),
    z.strictObject({ type: z.literal("drop") }).describe("Closes the connection without a response."),
  ])
  .meta({ id: "Handler" });
export type Handler = z.infer<typeof Handler>;

export const Rule = z
  .strictObject({
    when: Condition.optional().describe("Default: the rule applies to every request that reaches it."),
    handler: Handler.describe("What answers the request."),
  })
  .meta({ id: "Rule" });
export type Rule = z.infer<typeof Rule>;

const id = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
    "use letters, digits, dot, dash or underscore; start with a letter or digit; 100 characters at most",
  );

export const VirtualHost = z
  .strictObject({
    id: id.describe("Unique name."),
    hosts: z
      .array(nonEmpty)
      .min(1)
      .describe("Exact names, `*.example.com`, `~` + regular expression, or `*` (last virtual host only)."),
    when: Condition.optional().describe(
      "Additional condition; a request that does not meet it falls through to the next virtual host.",
    ),
    copycatOf: id
      .optional()
      .describe("Id of the original: the virtual host that this copycat answers for during maintenance."),
    disabled: z.boolean().optional().describe("`true`: validated but never used."),
    rules: z.array(Rule).min(1).describe("The first matching rule answers; if none matches, 404."),
    errorPages: z
      .record(z.string().regex(/^[45]\d\d$/, "use a status from 400 to 599"), absolutePath)
      .optional()
      .describe("Your own page for a status; the status is not changed."),
    accessLog: absolutePath.optional().describe("Access log file, in combined format."),
  })
  .meta({ id: "VirtualHost" });
export type VirtualHost = z.infer<typeof VirtualHost>;

export const Listener = z
  .strictObject({
    name: id.describe("Unique name, used by the `listener` condition."),
    address: nonEmpty.describe("IPv4 or IPv6 address, without brackets."),
    port: z.int().min(0).max(65535).describe("0 picks a free port."),
  })
  .meta({ id: "Listener" });
export type Listener = z.infer<typeof Listener>;

const seconds = z.number().gt(0).max(86_400);
export const Upstream = z
  .strictObject({
    targets: z
      .array(z.string().regex(/^http:\/\/[^/?#@]+\/?$/, "use http://host:port"))
      .min(1)
      .describe("Used in turn (round robin); one that refuses connections is skipped."),
    connectTimeout: seconds.optional().describe("Seconds to connect. Default 5."),
    responseTimeout: seconds.optional().describe("Seconds until the response head. Default 60."),
    idleTimeout: seconds.optional().describe("Seconds without any byte of the body. Default 300."),
  })
  .meta({ id: "Upstream" });
export type Upstream = z.infer<typeof Upstream>;

export const Config = z.strictObject({
  listeners: z.array(Listener).min(1).describe("Where the server accepts connections."),
  trustedProxies: z
    .array(nonEmpty)
    .optional()
    .describe(
      "Addresses or CIDRs whose `X-Forwarded-For` and `X-Forwarded-Proto` are trusted, read from right to left.",
    ),
  upstreams: z.record(id, Upstream).optional().describe("Applications behind the `proxy` handler, by name."),
  virtualHosts: z
    .array(VirtualHost)
    .min(1)
    .describe('In order of priority: the first that matches answers. The last one is the catch-all `["*"]`.'),
});
export type Config = z.infer<typeof Config>;
