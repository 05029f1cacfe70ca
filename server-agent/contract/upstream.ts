/** Where handlers that lead to an application send requests. */
import { z } from "zod";
import { absolutePath, headerName, id } from "./fields.ts";

/** The fields name files, never what is in them. */
export const UpstreamTls = z
  .strictObject({
    ca: absolutePath
      .optional()
      .describe(
        "PEM file with the CAs that are trusted to sign the targets' certificates. Default: the public CAs built into Node.js. Those of a Debian system are in `/etc/ssl/certs/ca-certificates.crt`.",
      ),
    serverName: z
      .string()
      .regex(
        /^(?=.{1,253}$)(?!.*\.\d+$)[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?$/,
        "use a host name such as app.example.com",
      )
      .optional()
      .describe("Server name to send (SNI) and to expect in the certificate. Default: the host of the target."),
    certificate: absolutePath
      .optional()
      .describe("PEM file with the client certificate to present to targets (mutual TLS). Needs `key`."),
    key: absolutePath.optional().describe("PEM file with the private key of `certificate`, without a passphrase."),
    verify: z
      .boolean()
      .optional()
      .describe(
        "`false` accepts any certificate, so anyone between the agent and the target can read and change everything. For a private CA, set `ca` instead. Default `true`.",
      ),
  })
  .meta({ id: "UpstreamTls" });
export type UpstreamTls = z.infer<typeof UpstreamTls>;

const seconds = z.number().gt(0).max(86_400);
/** Each is looked at for every request. */
const MAX_TARGETS = 100;

const address = z
  .string()
  .regex(
    /^(?:https?|h2c?|fcgi|scgi|uwsgi):\/\/(?:unix:\/\S+|[^/?#@]+\/?)$/,
    "use http://host:port, https://host:port, h2c://host:port or fcgi://host:port, or a socket: fcgi://unix:/run/php/php-fpm.sock",
  );
const cookieName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, "use a cookie name of letters, digits, - or _ (RFC 6265, 4.1.1)");

export const Target = z
  .strictObject({
    url: address.describe("`PROTOCOL://host:port`, or `PROTOCOL://unix:/path/of/socket`."),
    id: id.optional().describe("Unique name. Required with `sticky`, whose cookie contains it."),
    weight: z
      .int()
      .min(0)
      .max(100)
      .optional()
      .describe(
        "Share of the requests, relative to the other targets. Default 1. `0` drains the target: it keeps its sticky visitors and gets no new ones.",
      ),
    backup: z
      .boolean()
      .optional()
      .describe("`true`: gets requests only while no other target is healthy. Default `false`."),
  })
  .meta({ id: "Target" });
export type Target = z.infer<typeof Target>;

export const Sticky = z
  .strictObject({
    cookie: cookieName.describe("Name of the cookie that the agent sets. Its value is the `id` of the target."),
    maxAge: z
      .int()
      .min(1)
      .max(31_536_000)
      .optional()
      .describe("Lifetime of the cookie in seconds. Default: until the browser is closed (session cookie)."),
  })
  .meta({ id: "Sticky" });

/** Checks that the agent makes whether requests come or not. */
export const HealthCheck = z
  .strictObject({
    path: z
      .string()
      .regex(/^\/[!-~]*$/, "use a path such as /healthz")
      .optional()
      .describe(
        "Path to request with GET; targets that speak HTTP only. Default: no request; the check is passed when the target accepts a connection (with `https` and `h2`, including the TLS handshake).",
      ),
    host: z
      .string()
      .regex(/^[!-~]{1,255}$/, "use a host such as app.example.com")
      .optional()
      .describe("`Host` header of the request. Default: the host and port of the target."),
    status: z
      .array(z.int().min(100).max(599))
      .min(1)
      .optional()
      .describe("Status codes that pass the check. Default: 200 to 399."),
    interval: z
      .number()
      .min(0.05)
      .max(3600)
      .optional()
      .describe("Seconds between the end of one check and the start of the next. Default 5."),
    timeout: z
      .number()
      .min(0.05)
      .max(60)
      .optional()
      .describe("Seconds until a check without a response fails. Default 2."),
    failures: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe("Consecutive failed checks after which the target is down. Default 2."),
    successes: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe("Consecutive passed checks after which it is healthy again. Default 2."),
  })
  .meta({ id: "HealthCheck" });
export type HealthCheck = z.infer<typeof HealthCheck>;

/** Health as requests see it. */
export const PassiveHealthCheck = z
  .strictObject({
    failures: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe("Consecutive failures after which the target counts as failing. Default 1."),
    seconds: z
      .number()
      .gt(0)
      .max(3600)
      .optional()
      .describe(
        "Seconds for which a failing target gets no requests. Then a single request tries it again. Default 5.",
      ),
  })
  .meta({ id: "PassiveHealthCheck" });

const balance = z.union([
  z.enum(["roundRobin", "leastConnections"]),
  z.strictObject({
    hash: z.union([
      z.enum(["client", "path"]),
      z.strictObject({ header: headerName }),
      z.strictObject({ cookie: cookieName }),
    ]),
  }),
]);

export const Upstream = z
  .strictObject({
    targets: z
      .array(z.union([address, Target]))
      .min(1)
      .max(MAX_TARGETS)
      .describe(
        "`PROTOCOL://host:port`, `PROTOCOL://unix:/path/of/socket`, or a target with options; 100 at most. The protocol is `http` or `https`, or `h2c` or `h2` (HTTP/2 without and with TLS; handler `proxy`), `fcgi` (`fastcgi`), `scgi` or `uwsgi`, and is the same for all targets. DNS names are resolved again after five seconds and after a failed connection; all addresses of a name are used, and the last known ones for up to an hour while DNS does not answer.",
      ),
    balance: balance
      .optional()
      .describe(
        "Load balancing over the healthy targets. `roundRobin` (default): in turn, by weight. `leastConnections`: to the target with the fewest requests in flight for its weight; each worker counts its own. `hash`: the same value goes to the same target, on every worker and every server, and to another one while that target is unhealthy. The value is the `client` address, the `path`, a `header` or a `cookie`; requests without it are sent round robin.",
      ),
    sticky: Sticky.optional().describe(
      "Session affinity (sticky sessions): a cookie keeps visitors on their first target. If it becomes unhealthy, they move to another one and stay there. Every target needs an `id`.",
    ),
    healthCheck: HealthCheck.optional().describe(
      "Active health check of every target, made once for all workers. A target that is down gets requests only while no other is healthy. The first check of a target counts at once. Default: none.",
    ),
    passiveHealthCheck: PassiveHealthCheck.optional().describe(
      "When failed requests take a target out of rotation. A failure is a refused connection, a connection closed without a response, or a `responseTimeout` in which the target answered nobody. Failover: the request goes to the next target if nothing of it was sent yet, or if it is safe to retry (GET, HEAD, OPTIONS, TRACE, PUT and DELETE without a body). While no target is healthy, all are tried. Always on; this changes its thresholds.",
    ),
    tls: UpstreamTls.optional().describe(
      "TLS to `https` and `h2` targets. Default: certificates are verified against the public CAs.",
    ),
    connectTimeout: seconds
      .optional()
      .describe(
        "Seconds to connect, including the TLS handshake. Then the next target is tried; if there is none, the visitor gets 504. Default 5.",
      ),
    responseTimeout: seconds
      .optional()
      .describe("Seconds until the response head arrives; otherwise the visitor gets 504. Default 60."),
    idleTimeout: seconds
      .optional()
      .describe("Seconds without a single byte of a body, after which the request is aborted. Default 300."),
    hold: z
      .strictObject({
        seconds: z
          .number()
          .gt(0)
          .max(300)
          .describe("Longest time a request waits, in seconds; then it gets 502 or 504."),
        requests: z
          .int()
          .min(1)
          .max(100_000)
          .optional()
          .describe("Most requests waiting at a time, per worker; further ones get 502. Default 1000."),
      })
      .optional()
      .describe(
        "Holds requests while no target accepts connections, for example during a restart of the application, and then sends them in order of arrival. Visitors see a short delay instead of an error. Default: they get 502 at once.",
      ),
    bufferRequests: z
      .strictObject({
        maxBytes: z
          .int()
          .min(1)
          .max(16 * 1024 * 1024)
          .describe(
            "Largest body to buffer, in bytes (16 MiB at most). Larger bodies are streamed. So are all others while the bodies in a worker's memory add up to 64 MB.",
          ),
      })
      .optional()
      .describe(
        "Request buffering: a request is sent when its body is complete, so slow clients do not tie up processes of the application. The body is kept until the response, so PUT and DELETE can be retried. Default: bodies are streamed.",
      ),
    keepAlive: z
      .int()
      .min(0)
      .max(10_000)
      .optional()
      .describe(
        "Idle connections that each worker keeps open to each target. Default 1024 (`h2` and `h2c` multiplex requests); 0 with `fcgi`; always 0 with `scgi` and `uwsgi`. PHP-FPM needs a process for each connection: allow for workers × `keepAlive` in its `pm.max_children`.",
      ),
  })
  .meta({ id: "Upstream" });
export type Upstream = z.infer<typeof Upstream>;
