/** The fields of an application behind the agent. */
import type { Config } from "../../../main/contract/agent.ts";
import type { Field, Fields, FieldsOf } from "./field.ts";

type Upstream = NonNullable<Config["upstreams"]>[string];

const HOLD: FieldsOf<NonNullable<Upstream["hold"]>> = {
  seconds: { kind: "number", required: true, initial: 30, label: "For seconds" },
  requests: { kind: "number", label: "Most requests waiting", placeholder: "1000" },
};

const TLS: FieldsOf<NonNullable<Upstream["tls"]>> = {
  ca: {
    kind: "text",
    atOnce: true,
    label: "CA file",
    hint: "PEM. Without one, the public CAs are trusted.",
    placeholder: "/etc/backsoon/app-ca.pem",
  },
  serverName: {
    kind: "text",
    label: "Server name (SNI)",
    hint: "If it is not the host of the target.",
    placeholder: "app.example.com",
  },
  certificate: { kind: "text", label: "Client certificate file" },
  key: { kind: "text", label: "Key file" },
  verify: {
    kind: "choice",
    label: "Verification",
    initial: false,
    options: [
      [true, "Certificates are verified"],
      [false, "Any certificate is accepted: anyone in between can read everything"],
    ],
  },
};

const TARGET: FieldsOf<Exclude<Upstream["targets"][number], string>> = {
  url: { kind: "text", required: true, label: "Address", placeholder: "http://127.0.0.1:3000" },
  weight: {
    kind: "number",
    label: "Weight",
    hint: "Share of the requests; 0 drains it: no new visitors.",
    placeholder: "1",
  },
  backup: { kind: "flag", label: "Backup: only while no other target is healthy" },
  id: { kind: "text", label: "Name", hint: "For sticky sessions.", placeholder: "app-1" },
};

const STICKY: FieldsOf<NonNullable<Upstream["sticky"]>> = {
  cookie: { kind: "text", required: true, initial: "target", label: "Cookie name" },
  maxAge: { kind: "number", label: "For seconds", hint: "Default: until the browser is closed." },
};

const PASSIVE_HEALTH_CHECK: FieldsOf<NonNullable<Upstream["passiveHealthCheck"]>> = {
  failures: { kind: "number", atOnce: true, initial: 3, label: "Failures in a row" },
  seconds: { kind: "number", label: "For seconds", placeholder: "5" },
};

const BUFFERED: FieldsOf<NonNullable<Upstream["bufferRequests"]>> = {
  maxBytes: {
    kind: "number",
    required: true,
    initial: 1_048_576,
    label: "Largest body in bytes",
    hint: "Larger bodies are streamed.",
  },
};

const HEALTH_CHECK: FieldsOf<NonNullable<Upstream["healthCheck"]>> = {
  path: {
    kind: "text",
    atOnce: true,
    initial: "/healthz",
    label: "Path",
    hint: "Without one, accepting a connection is enough.",
    placeholder: "/healthz",
  },
  host: { kind: "text", label: "Host header", placeholder: "app.example.com" },
  status: { kind: "list", words: true, numbers: true, label: "Expected status codes", placeholder: "200" },
  interval: { kind: "number", label: "Interval in seconds", placeholder: "5" },
  timeout: { kind: "number", label: "Timeout in seconds", placeholder: "2" },
  failures: { kind: "number", label: "Failures in a row", placeholder: "2" },
  successes: { kind: "number", label: "Successes in a row until it is healthy", placeholder: "2" },
};

const TARGETS: Extract<Field, { kind: "items" }> = {
  kind: "items",
  fields: TARGET,
  orText: "url",
  required: true,
  item: "Target",
  label: "Targets",
  hint: "Addresses as seen from the server. Several share the load.",
  placeholder: "http://127.0.0.1:3000",
};

export const UPSTREAM: FieldsOf<Upstream> = {
  targets: TARGETS,
  balance: {
    kind: "choice",
    label: "Load balancing",
    options: [
      ["roundRobin", "Round robin"],
      ["leastConnections", "Least connections"],
      [{ hash: "client" }, "By client address (hash)"],
      [{ hash: "path" }, "By path (hash)"],
    ],
  },
  sticky: {
    kind: "group",
    fields: STICKY,
    label: "Sticky sessions",
    hint: "A cookie keeps visitors on their target. Every target needs a name.",
  },
  healthCheck: {
    kind: "group",
    fields: HEALTH_CHECK,
    label: "Health check",
    hint: "A target that is down gets no requests while another is healthy.",
  },
  passiveHealthCheck: {
    kind: "group",
    fields: PASSIVE_HEALTH_CHECK,
    label: "Passive health check",
    hint: "After failed requests, a target gets none for a while.",
  },
  hold: {
    kind: "group",
    fields: HOLD,
    label: "Hold requests while it restarts",
    hint: "While it accepts no connections, requests wait; then they are sent in order.",
  },
  tls: { kind: "group", fields: TLS, label: "TLS to the application", hint: "For targets with https:// or h2://." },
  bufferRequests: {
    kind: "group",
    fields: BUFFERED,
    label: "Buffer request bodies",
    hint: "Slow clients then tie up no process of the application.",
  },
  connectTimeout: { kind: "number", label: "Connect timeout in seconds", placeholder: "5" },
  responseTimeout: { kind: "number", label: "Response timeout in seconds", placeholder: "60" },
  idleTimeout: { kind: "number", label: "Idle timeout in seconds", placeholder: "300" },
  keepAlive: { kind: "number", label: "Idle connections to keep open (keep-alive)", placeholder: "512" },
};

/** Those of an application that speaks a protocol. */
export function upstreamFields(protocol: string): Fields {
  return protocol === "http"
    ? UPSTREAM
    : { ...UPSTREAM, targets: { ...TARGETS, placeholder: `${protocol}://unix:/run/php/php-fpm.sock` } };
}
