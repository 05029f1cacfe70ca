/**
 * The configuration document as zod schemas.
 *
 * The schemas never fill in defaults and never rewrite a value, so a document that is parsed and
 * stored again is the same document: `revert(apply(c)) = c` depends on it. Defaults are applied by
 * `core/routing-table.ts`. Every field has a description; `docs/configuration.md` and the JSON
 * Schema are generated from them.
 */
import { z } from "zod";
import { AccessLog } from "./observing/access-log.ts";
import { AcmeAuthority } from "./tls/acme.ts";
import { Condition } from "./condition.ts";
import { absolutePath, id, nonEmpty } from "./fields.ts";
import { Hsts, RedirectToHttps } from "./https.ts";
import { Tracing } from "./observing/tracing.ts";
import { Rule } from "./rules/rule.ts";
import { Upstream } from "./upstream.ts";

/** Of the operator's own. The fields name files, never what is in them. */
export const CertificateFiles = z
  .strictObject({
    certificate: absolutePath.describe(
      "PEM file: the site's certificate, then its intermediate certificates (`fullchain.pem`).",
    ),
    key: absolutePath.describe("PEM file with its private key, without a passphrase. Only the agent should read it."),
  })
  .meta({ id: "CertificateFiles" });
export type CertificateFiles = z.infer<typeof CertificateFiles>;

export const IssuedCertificate = z
  .strictObject({
    acme: id.describe("Name of the authority in `acme` that issues the certificate."),
    names: z
      .array(nonEmpty)
      .min(1)
      .max(100)
      .optional()
      .describe(
        "Names on the certificate, each matched by `hosts`. Default: all of `hosts`. Leave out names that the authority cannot reach, such as internal ones.",
      ),
  })
  .meta({ id: "IssuedCertificate" });
export type IssuedCertificate = z.infer<typeof IssuedCertificate>;

/** How visitors of a site are secured. */
export const SiteTls = z.union([CertificateFiles, IssuedCertificate]);
export type SiteTls = z.infer<typeof SiteTls>;

export const VirtualHost = z
  .strictObject({
    id: id.describe("Unique name."),
    hosts: z
      .array(nonEmpty)
      .min(1)
      .describe("Exact names, `*.example.com`, `~` + regular expression, or `*` (last virtual host only)."),
    when: Condition.optional().describe(
      "Additional condition; a request that does not match it falls through to the next virtual host.",
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
    accessLog: z
      .union([z.literal(false), AccessLog])
      .optional()
      .describe(
        "Access log of this virtual host: a file in combined format, or options; `false` for none. Default: `accessLog` of the document.",
      ),
    tls: SiteTls.optional().describe(
      "TLS certificate for its hosts: your own files, or one that the agent obtains and renews by ACME. A copycat without one uses that of its original.",
    ),
    redirectToHttps: z
      .union([z.literal(true), RedirectToHttps])
      .optional()
      .describe("Redirects visitors from HTTP to HTTPS: `true`, or options. Does not apply to its copycat."),
    hsts: Hsts.optional().describe(
      "Tells browsers that came over TLS to keep using it (`Strict-Transport-Security`). Never sent without TLS, by a copycat, or with a maintenance page.",
    ),
  })
  .meta({ id: "VirtualHost" });
export type VirtualHost = z.infer<typeof VirtualHost>;

/** What is agreed with visitors before they ask. */
export const ListenerTls = z
  .strictObject({
    minVersion: z.enum(["TLSv1.2", "TLSv1.3"]).optional().describe("Oldest TLS version allowed. Default TLSv1.2."),
    clientCertificates: z
      .strictObject({
        ca: absolutePath.describe("PEM file with the CAs whose certificates are accepted."),
        required: z
          .boolean()
          .optional()
          .describe(
            "`true`: connections without a certificate are refused. Default: a certificate is requested, but optional.",
          ),
      })
      .optional()
      .describe("Asks visitors for client certificates (mutual TLS)."),
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
      .describe("Concurrent requests (streams) allowed on one connection. Default 100."),
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
      .describe("Id of the web server that listens here. The agent never binds it, but asks it as visitors do."),
    tls: z
      .union([z.boolean(), ListenerTls])
      .optional()
      .describe(
        "TLS (HTTPS) on this listener: `true`, or options. Visitors get the certificate of the virtual host that they name, else that of the catch-all, else the first one. With `foreign`, only `true` or `false`.",
      ),
    http2: z
      .union([z.boolean(), ListenerHttp2])
      .optional()
      .describe(
        "HTTP/2 on this listener: `true`, or options. Default with `tls`: `true`. Default without TLS: `false`; `true` is for clients that start with HTTP/2 directly (prior knowledge), such as a proxy in front.",
      ),
    proxyProtocol: z
      .boolean()
      .optional()
      .describe(
        "Connections from `trustedProxies` begin with a PROXY protocol header (version 1 or 2) with the visitor's address; connections from others must not. With `foreign`: all begin with it.",
      ),
  })
  .meta({ id: "Listener" });
export type Listener = z.infer<typeof Listener>;

export const Config = z.strictObject({
  listeners: z
    .array(Listener)
    .describe(
      "Where the agent accepts visitors. May be empty for an agent beside a web server with no prepared site yet.",
    ),
  trustedProxies: z
    .array(nonEmpty)
    .optional()
    .describe(
      "Addresses or CIDRs whose `X-Forwarded-For` and `X-Forwarded-Proto` are trusted, read from right to left.",
    ),
  accessLog: AccessLog.optional().describe(
    "Access log of all virtual hosts without their own: a file in combined format, or options. Default: none.",
  ),
  tracing: Tracing.optional().describe(
    "Distributed tracing: sends a span of each sampled request to an OpenTelemetry collector. Default: none.",
  ),
  geoFiles: z
    .array(absolutePath)
    .min(1)
    .max(8)
    .optional()
    .describe(
      "GeoIP databases in MMDB format (GeoLite2, DB-IP, IPinfo, …) for the conditions `country`, `continent` and `asn`; 8 files of 256 MiB at most. The first file that knows an address wins. Changed files are reloaded within ten seconds. Each worker holds them in memory.",
    ),
  upstreams: z
    .record(id, Upstream)
    .optional()
    .describe("Applications behind the handlers `proxy`, `fastcgi`, `scgi` and `uwsgi`, by name."),
  acme: z
    .record(id, AcmeAuthority)
    .optional()
    .describe("ACME certificate authorities, such as Let's Encrypt, by name."),
  virtualHosts: z
    .array(VirtualHost)
    .min(1)
    .describe('In order of priority: the first that matches answers. The last one is the catch-all `["*"]`.'),
});
export type Config = z.infer<typeof Config>;
