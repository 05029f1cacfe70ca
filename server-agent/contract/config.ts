/**
 * The configuration document as zod schemas.
 *
 * The schemas never fill in defaults and never rewrite a value, so a document that is parsed and
 * stored again is the same document: `revert(apply(c)) = c` depends on it. Defaults are applied by
 * `core/routing-table.ts`. Every field has a description; `docs/configuration.md` and the JSON
 * Schema are generated from them.
 */
import { z } from "zod";
import { Condition } from "./condition.ts";
import { absolutePath, nonEmpty } from "./fields.ts";
import { Hsts, RedirectToHttps } from "./https.ts";
import { Rule } from "./rules/rule.ts";

const id = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
    "use letters, digits, dot, dash or underscore; start with a letter or digit; 100 characters at most",
  );

/** How visitors of a site are secured. The fields name files, never what is in them. */
export const SiteTls = z
  .strictObject({
    certificate: absolutePath.describe(
      "PEM file: the site's certificate, then those that lead to its authority (`fullchain.pem`).",
    ),
    key: absolutePath.describe("PEM file with its private key, without a passphrase. Only the agent should read it."),
  })
  .meta({ id: "SiteTls" });
export type SiteTls = z.infer<typeof SiteTls>;

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
      .record(
        z.string().regex(/^(?:[45](?:\d\d|xx)|default)$/, "use a status from 400 to 599, `4xx`, `5xx` or `default`"),
        absolutePath,
      )
      .optional()
      .describe(
        "Your own page for a status, such as `404`, for the others of a class (`4xx`, `5xx`), or for all others (`default`). The status is not changed.",
      ),
    accessLog: absolutePath.optional().describe("Access log file, in combined format."),
    tls: SiteTls.optional().describe("Certificate for its hosts; a copycat without one uses that of its original."),
    redirectToHttps: z
      .union([z.literal(true), RedirectToHttps])
      .optional()
      .describe("Visitors without TLS are led to it: `true`, or how. Does not concern its copycat."),
    hsts: Hsts.optional().describe(
      "Browsers that came over TLS stay there (`Strict-Transport-Security`). Never sent without TLS, by a copycat, or with a maintenance page.",
    ),
  })
  .meta({ id: "VirtualHost" });
export type VirtualHost = z.infer<typeof VirtualHost>;

/** What is agreed with visitors before they ask. */
export const ListenerTls = z
  .strictObject({
    minVersion: z.enum(["TLSv1.2", "TLSv1.3"]).optional().describe("Oldest version that is spoken. Default TLSv1.2."),
    clientCertificates: z
      .strictObject({
        ca: absolutePath.describe("PEM file with the authorities whose certificates are accepted."),
        required: z
          .boolean()
          .optional()
          .describe("`true`: nobody comes in without one. Default: who has one is asked for it."),
      })
      .optional()
      .describe("Ask visitors for certificates of their own."),
  })
  .meta({ id: "ListenerTls" });
export type ListenerTls = z.infer<typeof ListenerTls>;

export const ListenerHttp2 = z
  .strictObject({
    maxStreams: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe("Requests that a visitor may have answered at once on one connection. Default 100."),
  })
  .meta({ id: "ListenerHttp2" });
export type ListenerHttp2 = z.infer<typeof ListenerHttp2>;

export const Listener = z
  .strictObject({
    name: id.describe("Unique name, used by the `listener` condition."),
    address: nonEmpty.describe("IPv4 or IPv6 address, without brackets."),
    port: z.int().min(0).max(65535).describe("0 picks a free port."),
    foreign: id
      .optional()
      .describe("Id of the web server that listens here; the agent never binds it, and asks it as visitors do."),
    tls: z
      .union([z.boolean(), ListenerTls])
      .optional()
      .describe(
        "Visitors speak TLS here: `true`, or how. Each gets the certificate of the virtual host that he names, else that of the catch-all, else the first one. With `foreign` only `true` or `false`.",
      ),
    http2: z
      .union([z.boolean(), ListenerHttp2])
      .optional()
      .describe(
        "Visitors may speak HTTP/2 here: `true`, or how. Default with `tls`: `true`, browsers then do. Default without: `false`; `true` is for programs that begin with HTTP/2 unasked, such as a proxy in front.",
      ),
    proxyProtocol: z
      .boolean()
      .optional()
      .describe(
        "Connections of `trustedProxies` begin with a header of the PROXY protocol (version 1 or 2), which tells the visitor's address; those of others must not. With `foreign`: all begin so.",
      ),
  })
  .meta({ id: "Listener" });
export type Listener = z.infer<typeof Listener>;

const seconds = z.number().gt(0).max(86_400);
export const Upstream = z
  .strictObject({
    targets: z
      .array(
        z
          .string()
          .regex(
            /^(?:http|fcgi|scgi|uwsgi):\/\/(?:unix:\/\S+|[^/?#@]+\/?)$/,
            "use http://host:port or fcgi://host:port, or a socket: fcgi://unix:/run/php/php-fpm.sock",
          ),
      )
      .min(1)
      .describe(
        "`PROTOCOL://host:port`, or `PROTOCOL://unix:/path/of/socket`. The protocol is `http` (for `proxy`), `fcgi` (for `fastcgi`), `scgi` or `uwsgi`, one for all targets. Used in turn (round robin); one that refuses connections, or closes them without an answer, is skipped. Names are looked up again every few seconds; the last address is kept while the name servers do not answer.",
      ),
    connectTimeout: seconds.optional().describe("Seconds to connect. Default 5."),
    responseTimeout: seconds.optional().describe("Seconds until the response head. Default 60."),
    idleTimeout: seconds.optional().describe("Seconds without any byte of the body. Default 300."),
    hold: z
      .strictObject({
        seconds: z.number().gt(0).max(300).describe("How long a request waits at most; then it gets 502 or 504."),
        requests: z
          .int()
          .min(1)
          .max(100_000)
          .optional()
          .describe("How many wait at most, for each worker; more get 502. Default 1000."),
      })
      .optional()
      .describe(
        "While no target takes connections, as during a restart of the application, requests wait and are then sent in the order in which they came. Nobody notices a short restart. Default: they get 502 at once.",
      ),
    keepAlive: z
      .int()
      .min(0)
      .max(10_000)
      .optional()
      .describe(
        "Idle connections to a target that each worker keeps for the next requests. Default 512, with `fcgi` 0 (and always with `scgi` and `uwsgi`): PHP-FPM sets a process aside for each, so allow for workers × `keepAlive` in its `pm.max_children`.",
      ),
  })
  .meta({ id: "Upstream" });
export type Upstream = z.infer<typeof Upstream>;

export const Config = z.strictObject({
  listeners: z
    .array(Listener)
    .describe("Where visitors are accepted. None: an agent beside a web server of which no site is prepared yet."),
  trustedProxies: z
    .array(nonEmpty)
    .optional()
    .describe(
      "Addresses or CIDRs whose `X-Forwarded-For` and `X-Forwarded-Proto` are trusted, read from right to left.",
    ),
  upstreams: z
    .record(id, Upstream)
    .optional()
    .describe("Applications behind the handlers `proxy`, `fastcgi`, `scgi` and `uwsgi`, by name."),
  virtualHosts: z
    .array(VirtualHost)
    .min(1)
    .describe('In order of priority: the first that matches answers. The last one is the catch-all `["*"]`.'),
});
export type Config = z.infer<typeof Config>;
