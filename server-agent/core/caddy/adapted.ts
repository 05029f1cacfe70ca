/** What `caddy adapt` makes of a Caddyfile, as far as it says where which name is answered. */
import { z } from "zod";

const HTTP_PORT = 80;
const HTTPS_PORT = 443;
const DEFAULT_ADMIN = "localhost:2019";

const Server = z.looseObject({
  listen: z.array(z.string()).default([]),
  routes: z
    .array(z.looseObject({ match: z.array(z.looseObject({ host: z.array(z.string()).optional() })).default([]) }))
    .default([]),
  automatic_https: z
    .looseObject({
      disable: z.boolean().default(false),
      disable_redirects: z.boolean().default(false),
      skip: z.array(z.string()).default([]),
    })
    .default({ disable: false, disable_redirects: false, skip: [] }),
  tls_connection_policies: z.array(z.unknown()).optional(),
  listener_wrappers: z.array(z.looseObject({ wrapper: z.string() })).default([]),
  protocols: z.array(z.string()).optional(),
});

const Adapted = z.looseObject({
  admin: z.looseObject({ disabled: z.boolean().default(false), listen: z.string().optional() }).optional(),
  apps: z
    .looseObject({
      http: z
        .looseObject({
          http_port: z.int().default(HTTP_PORT),
          https_port: z.int().default(HTTPS_PORT),
          servers: z.record(z.string(), Server).default({}),
        })
        .optional(),
    })
    .default({}),
});

export interface AdaptedServer {
  /** As Caddy writes them: `:443`, `127.0.0.1:8080`, `unix//run/x.sock`. */
  readonly listen: readonly string[];
  /** Names that its routes ask for. */
  readonly hosts: readonly string[];
  /** Some route of it asks for no name. */
  readonly takesAll: boolean;
  readonly tls: boolean;
  readonly http2: boolean;
  readonly proxyProtocol: boolean;
  /** Names for which Caddy redirects from HTTP by itself. */
  readonly redirected: readonly string[];
}

export interface AdaptedConfiguration {
  /** Undefined where there is no admin endpoint, so that nothing can be reloaded. */
  readonly admin: string | undefined;
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly servers: readonly AdaptedServer[];
}

/** Undefined for what is no configuration of Caddy. */
export function readAdapted(json: unknown): AdaptedConfiguration | undefined {
  const parsed = Adapted.safeParse(json);
  if (!parsed.success) return undefined;
  const { admin, apps } = parsed.data;
  const { http_port: httpPort = HTTP_PORT, https_port: httpsPort = HTTPS_PORT, servers = {} } = apps.http ?? {};
  return {
    admin: admin?.disabled === true ? undefined : (admin?.listen ?? DEFAULT_ADMIN),
    httpPort,
    httpsPort,
    servers: Object.values(servers).map((server) => readServer(server, httpPort)),
  };
}

function readServer(server: z.infer<typeof Server>, httpPort: number): AdaptedServer {
  const { listen, routes, automatic_https: automatic, tls_connection_policies: policies } = server;
  const matched = routes.map(({ match }) => match.flatMap(({ host }) => host ?? []));
  const hosts = [...new Set(matched.flat())];
  const isOnlyHttp = listen.every((address) => portOf(address) === httpPort);
  const qualified = automatic.disable || isOnlyHttp ? [] : hosts.filter((host) => !automatic.skip.includes(host));
  const tls = !isOnlyHttp && (policies !== undefined || qualified.length > 0);
  return {
    listen,
    hosts,
    takesAll: matched.some((names) => names.length === 0),
    tls,
    http2: tls && server.protocols?.includes("h2") !== false,
    proxyProtocol: server.listener_wrappers.some(({ wrapper }) => wrapper === "proxy_protocol"),
    redirected: tls && !automatic.disable_redirects ? qualified : [],
  };
}

export function portOf(listen: string): number | undefined {
  const port = /:(\d+)$/.exec(listen)?.[1];
  return port === undefined ? undefined : Number(port);
}

/** Undefined for what is not an address of TCP. */
export function addressOf(listen: string): string | undefined {
  const address = /^(?:tcp4?\/)?(?:\[([^\]]+)\]|([^:/]*)):\d+$/.exec(listen);
  if (address === null) return undefined;
  const host = address[1] ?? address[2] ?? "";
  if (host === "") return "0.0.0.0";
  return host === "localhost" ? "127.0.0.1" : host;
}
