/** The fields of an application behind the agent. */
import type { Config } from "../../../main/contract/agent.ts";
import type { Field, Fields, FieldsOf } from "./field.ts";

type Upstream = NonNullable<Config["upstreams"]>[string];

const HOLD: FieldsOf<NonNullable<Upstream["hold"]>> = {
  seconds: { kind: "number", required: true, initial: 30, label: "For seconds" },
  requests: { kind: "number", label: "Most requests that wait", placeholder: "1000" },
};

const TLS: FieldsOf<NonNullable<Upstream["tls"]>> = {
  ca: {
    kind: "text",
    atOnce: true,
    label: "File of trusted CAs",
    hint: "PEM. Without one, the public CAs are trusted.",
    placeholder: "/etc/backsoon/app-ca.pem",
  },
  serverName: {
    kind: "text",
    label: "Name in the certificate",
    hint: "Where it is not the host of the target.",
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
      [false, "Any certificate is accepted: whoever is on the way can read everything"],
    ],
  },
};

const TARGET: FieldsOf<Exclude<Upstream["targets"][number], string>> = {
  url: { kind: "text", required: true, label: "Address", placeholder: "http://127.0.0.1:3000" },
  weight: {
    kind: "number",
    label: "Share of the requests",
    hint: "1 unless you say otherwise; 0 only for those who stick to it.",
    placeholder: "1",
  },
  backup: { kind: "flag", label: "Only while no other one is well" },
  id: { kind: "text", label: "Name", hint: "For the cookie of visitors who stay with it.", placeholder: "app-1" },
};

const STICKY: FieldsOf<NonNullable<Upstream["sticky"]>> = {
  cookie: { kind: "text", required: true, initial: "target", label: "Name of the cookie" },
  maxAge: { kind: "number", label: "For seconds", hint: "Otherwise until the browser is closed." },
};

const REST: FieldsOf<NonNullable<Upstream["rest"]>> = {
  failures: { kind: "number", atOnce: true, initial: 3, label: "Failures in a row" },
  seconds: { kind: "number", label: "For seconds", placeholder: "5" },
};

const BUFFERED: FieldsOf<NonNullable<Upstream["bufferRequests"]>> = {
  maxBytes: {
    kind: "number",
    required: true,
    initial: 1_048_576,
    label: "Up to a size of bytes",
    hint: "Larger bodies are passed on as they come.",
  },
};

const HEALTH_CHECK: FieldsOf<NonNullable<Upstream["healthCheck"]>> = {
  path: {
    kind: "text",
    atOnce: true,
    initial: "/healthz",
    label: "Path",
    hint: "Without one, it is enough that the target accepts a connection.",
    placeholder: "/healthz",
  },
  host: { kind: "text", label: "Host to ask with", placeholder: "app.example.com" },
  status: { kind: "list", words: true, numbers: true, label: "Good statuses", placeholder: "200" },
  interval: { kind: "number", label: "Seconds between checks", placeholder: "5" },
  timeout: { kind: "number", label: "Time limit in seconds", placeholder: "2" },
  failures: { kind: "number", label: "Failures in a row", placeholder: "2" },
  successes: { kind: "number", label: "Good checks until it is used again", placeholder: "2" },
};

const TARGETS: Extract<Field, { kind: "items" }> = {
  kind: "items",
  fields: TARGET,
  orText: "url",
  required: true,
  item: "Target",
  label: "Where it listens",
  hint: "As the server itself reaches it; requests are spread over several.",
  placeholder: "http://127.0.0.1:3000",
};

export const UPSTREAM: FieldsOf<Upstream> = {
  targets: TARGETS,
  balance: {
    kind: "choice",
    label: "How requests are spread",
    options: [
      ["roundRobin", "In turn"],
      ["leastConnections", "To the one with the fewest requests"],
      [{ hash: "client" }, "The same client, the same target"],
      [{ hash: "path" }, "The same path, the same target"],
    ],
  },
  sticky: {
    kind: "group",
    fields: STICKY,
    label: "Visitors stay with their target",
    hint: "By a cookie. Every target needs a name.",
  },
  healthCheck: {
    kind: "group",
    fields: HEALTH_CHECK,
    label: "Check its health",
    hint: "A target that is down gets requests only if all are.",
  },
  rest: { kind: "group", fields: REST, label: "Pass over a target that fails" },
  hold: {
    kind: "group",
    fields: HOLD,
    label: "Keep requests waiting while it restarts",
    hint: "While it accepts no connections, requests wait and are sent in order.",
  },
  tls: { kind: "group", fields: TLS, label: "TLS to the application", hint: "For targets with https://." },
  bufferRequests: {
    kind: "group",
    fields: BUFFERED,
    label: "Send requests when their body is complete",
    hint: "Slow visitors then tie up no process of the application.",
  },
  connectTimeout: { kind: "number", label: "Seconds to connect", placeholder: "5" },
  responseTimeout: { kind: "number", label: "Seconds until it answers", placeholder: "60" },
  idleTimeout: { kind: "number", label: "Seconds of silence in an answer", placeholder: "300" },
  keepAlive: { kind: "number", label: "Idle connections kept open", placeholder: "512" },
};

/** Those of an application that speaks a protocol. */
export function upstreamFields(protocol: string): Fields {
  return protocol === "http"
    ? UPSTREAM
    : { ...UPSTREAM, targets: { ...TARGETS, placeholder: `${protocol}://unix:/run/php/php-fpm.sock` } };
}
