/** Where handlers that lead to an application send requests. */
import { z } from "zod";
import { absolutePath } from "./fields.ts";

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

export const Upstream = z
  .strictObject({
    targets: z
      .array(
        z
          .string()
          .regex(
            /^(?:https?|fcgi|scgi|uwsgi):\/\/(?:unix:\/\S+|[^/?#@]+\/?)$/,
            "use http://host:port, https://host:port or fcgi://host:port, or a socket: fcgi://unix:/run/php/php-fpm.sock",
          ),
      )
      .min(1)
      .describe(
        "`PROTOCOL://host:port`, or `PROTOCOL://unix:/path/of/socket`. The protocol is `http` or `https` (for `proxy`), `fcgi` (for `fastcgi`), `scgi` or `uwsgi`, the same for all targets. Targets are used in turn (round robin). A target that refuses connections, or closes them without an answer, is skipped. Names are resolved again every few seconds; the last address stays in use while DNS does not answer.",
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
