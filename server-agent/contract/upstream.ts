/** Where handlers that lead to an application send requests. */
import { z } from "zod";
import { absolutePath, headerName, id } from "./fields.ts";

/** The fields name files, never what is in them. */
export const UpstreamTls = z
  .strictObject({
    ca: absolutePath
      .optional()
      .describe(
        "PEM file with the CAs that sign the targets' certificates. Default: the public CAs that Node.js knows; those of the system are in `/etc/ssl/certs/ca-certificates.crt`.",
      ),
    serverName: z
      .string()
      .regex(
        /^(?=.{1,253}$)(?!.*\.\d+$)[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?$/,
        "use a host name such as app.example.com",
      )
      .optional()
      .describe("Name to ask for (SNI) and to expect in the certificate. Default: the host of the target."),
    certificate: absolutePath
      .optional()
      .describe("PEM file with the client certificate that targets are shown (mutual TLS); needs `key`."),
    key: absolutePath.optional().describe("PEM file with its private key, without a passphrase."),
    verify: z
      .boolean()
      .optional()
      .describe(
        "`false`: any certificate is accepted, so whoever is on the way can read and change everything. Better: `ca`. Default `true`.",
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
    /^(?:https?|fcgi|scgi|uwsgi):\/\/(?:unix:\/\S+|[^/?#@]+\/?)$/,
    "use http://host:port, https://host:port or fcgi://host:port, or a socket: fcgi://unix:/run/php/php-fpm.sock",
  );
const cookieName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, "not a cookie name (RFC 6265, 4.1.1)");

export const Target = z
  .strictObject({
    url: address.describe("`PROTOCOL://host:port`, or `PROTOCOL://unix:/path/of/socket`."),
    id: id.optional().describe("Unique name. Needed for `sticky`, whose cookie has it."),
    weight: z
      .int()
      .min(0)
      .max(100)
      .optional()
      .describe(
        "Its share of the requests. Default 1. `0`: only visitors who stick to it, so that it can be emptied before it is removed.",
      ),
    backup: z.boolean().optional().describe("`true`: used only while no other target is well."),
  })
  .meta({ id: "Target" });
export type Target = z.infer<typeof Target>;

export const Sticky = z
  .strictObject({
    cookie: cookieName.describe("Name of the cookie that the agent sets. Its value is the `id` of a target."),
    maxAge: z
      .int()
      .min(1)
      .max(31_536_000)
      .optional()
      .describe("Seconds for which browsers keep it. Default: until they are closed."),
  })
  .meta({ id: "Sticky" });

/** When a target is passed over for what requests saw of it. */
export const Rest = z
  .strictObject({
    failures: z.int().min(1).max(100).optional().describe("Failures in a row. Default 1."),
    seconds: z
      .number()
      .gt(0)
      .max(3600)
      .optional()
      .describe("Time for which it is passed over; then one request tries it again. Default 5."),
  })
  .meta({ id: "Rest" });

/** Checks that are made whether requests come or not. */
export const HealthCheck = z
  .strictObject({
    path: z
      .string()
      .regex(/^\/[!-~]*$/, "use a path such as /healthz")
      .optional()
      .describe(
        "Path that is asked for with GET; for `http` and `https` only. Default: it is enough that the target accepts a connection, with `https` one that is verified.",
      ),
    host: z
      .string()
      .regex(/^[!-~]{1,255}$/, "not a host")
      .optional()
      .describe("`Host` to ask with. Default: that of the target."),
    status: z
      .array(z.int().min(100).max(599))
      .min(1)
      .optional()
      .describe("Statuses that are good. Default: 200 to 399."),
    interval: z.number().min(0.05).max(3600).optional().describe("Seconds between checks. Default 5."),
    timeout: z.number().min(0.05).max(60).optional().describe("Seconds for an answer. Default 2."),
    failures: z.int().min(1).max(100).optional().describe("Failed checks in a row until it is down. Default 2."),
    successes: z.int().min(1).max(100).optional().describe("Good checks in a row until it is well. Default 2."),
  })
  .meta({ id: "HealthCheck" });
export type HealthCheck = z.infer<typeof HealthCheck>;

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
        "`PROTOCOL://host:port`, or `PROTOCOL://unix:/path/of/socket`, or a target with options. The protocol is `http` or `https` (for `proxy`), `fcgi` (for `fastcgi`), `scgi` or `uwsgi`, the same for all targets. All addresses of a name are used. Names are resolved again after five seconds, or when nobody was at the address; the last one stays in use while DNS does not answer.",
      ),
    balance: balance
      .optional()
      .describe(
        "How requests are spread over targets that are well. `roundRobin` (default): in turn, by weight. `leastConnections`: to the one with the fewest requests for its weight, per worker. `hash`: the same value, the same target, on every worker and server; while that is not well, another. The value is the `client` address, the `path`, or that of a `header` or `cookie`; requests without it are sent in turn.",
      ),
    sticky: Sticky.optional().describe(
      "Visitors stay with their first target, by a cookie, as long as it is well; then they get another one and stay with that. Every target needs an `id`.",
    ),
    rest: Rest.optional().describe(
      "When a target is passed over: it refuses connections, closes them without an answer, or has answered nobody for a whole `responseTimeout`. A request is sent to the next target if nothing of it was sent, or if it may be sent twice (GET, HEAD, OPTIONS, TRACE, PUT, DELETE, without a body). If no target is well, all are tried.",
    ),
    healthCheck: HealthCheck.optional().describe(
      "Asks every target again and again, once for all workers. One that is down gets requests only if all are. The first check decides at once.",
    ),
    tls: UpstreamTls.optional().describe(
      "How TLS is spoken with `https` targets. Without it, certificates are verified.",
    ),
    connectTimeout: seconds.optional().describe("Seconds to connect, TLS included. Default 5."),
    responseTimeout: seconds.optional().describe("Seconds until the response head. Default 60."),
    idleTimeout: seconds.optional().describe("Seconds without any byte of the body. Default 300."),
    hold: z
      .strictObject({
        seconds: z
          .number()
          .gt(0)
          .max(300)
          .describe("Longest time that a request waits, in seconds; then it gets 502 or 504."),
        requests: z
          .int()
          .min(1)
          .max(100_000)
          .optional()
          .describe("Most requests that wait, per worker; further ones get 502. Default 1000."),
      })
      .optional()
      .describe(
        "While no target accepts connections, for example while the application restarts, requests wait and are then sent in order of arrival. Nobody notices a short restart. Default: they get 502 at once.",
      ),
    bufferRequests: z
      .strictObject({
        maxBytes: z
          .int()
          .min(1)
          .max(16 * 1024 * 1024)
          .describe(
            "Largest body that is waited for; what is larger is passed on as it comes. A worker keeps 64 MB of bodies in memory at most.",
          ),
      })
      .optional()
      .describe(
        "A request with a body is sent when the body is complete, so that slow visitors do not tie up processes of the application. It is kept until the answer, so PUT and DELETE may be sent again as without a body. Default: bodies are passed on as they come.",
      ),
    keepAlive: z
      .int()
      .min(0)
      .max(10_000)
      .optional()
      .describe(
        "Idle connections that each worker keeps open to each target. Default 512. With `fcgi` the default is 0, and with `scgi` and `uwsgi` it is always 0. PHP-FPM ties up a process for each, so allow for workers × `keepAlive` in its `pm.max_children`.",
      ),
  })
  .meta({ id: "Upstream" });
export type Upstream = z.infer<typeof Upstream>;
