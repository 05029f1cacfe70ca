/** The fields of a server: what is not part of a virtual host. */
import type { Config } from "../../../main/contract/agent.ts";
import { type Field, type FieldsOf, JSON_ONLY } from "./field.ts";
import { UPSTREAM } from "./upstreams.ts";
import { ACCESS_LOG } from "./virtual-hosts.ts";

type Listener = Config["listeners"][number];
type Authority = NonNullable<Config["acme"]>[string];
type Options<Key extends keyof Listener> = Exclude<NonNullable<Listener[Key]>, boolean>;

const CLIENT_CERTIFICATES: FieldsOf<NonNullable<Options<"tls">["clientCertificates"]>> = {
  ca: { kind: "text", required: true, label: "CA file", placeholder: "/etc/backsoon/clients-ca.pem" },
  required: { kind: "flag", label: "Refuse connections without one" },
};

const TLS: FieldsOf<Options<"tls">> = {
  minVersion: {
    kind: "choice",
    label: "Minimum TLS version",
    initial: "TLSv1.3",
    options: [
      ["TLSv1.2", () => "TLS 1.2"],
      ["TLSv1.3", () => "TLS 1.3"],
    ],
  },
  clientCertificates: { kind: "group", fields: CLIENT_CERTIFICATES, label: "Client certificates (mTLS)" },
};

const HTTP2: FieldsOf<Options<"http2">> = {
  maxStreams: { kind: "number", label: "Concurrent requests per connection", placeholder: "100" },
};

const LISTENER: FieldsOf<Listener> = {
  address: {
    kind: "text",
    required: true,
    initial: "0.0.0.0",
    label: "Address",
    hint: "0.0.0.0 for everyone by IPv4, :: by IPv6, 127.0.0.1 for the server itself.",
  },
  port: { kind: "number", required: true, label: "Port", placeholder: "443" },
  name: { kind: "text", required: true, label: "Name", placeholder: "https" },
  tls: {
    kind: "group",
    fields: TLS,
    orTrue: true,
    label: "HTTPS (TLS)",
    hint: "With the certificates of the virtual hosts. Browsers then also get HTTP/2.",
  },
  http2: { kind: "group", fields: HTTP2, orTrue: true, label: "HTTP/2", hint: "On by default with HTTPS." },
  proxyProtocol: { kind: "flag", label: "Trusted proxies send the PROXY protocol" },
  foreign: JSON_ONLY,
};

const ACCOUNT: FieldsOf<NonNullable<Authority["externalAccount"]>> = {
  id: { kind: "text", required: true, label: "Key ID" },
  keyFile: { kind: "text", required: true, label: "Key file" },
};

const AUTHORITY: FieldsOf<Authority> = {
  termsAgreed: {
    kind: "choice",
    required: true,
    label: "Terms of service",
    options: [[true, "I have read and accept them"]],
    initial: "",
  },
  email: { kind: "text", atOnce: true, label: "E-mail address", hint: "Contact for the authority." },
  directory: {
    kind: "text",
    label: "ACME directory",
    hint: "Default: Let's Encrypt.",
    placeholder: "https://acme.example.com/directory",
  },
  challenge: {
    kind: "choice",
    label: "Challenge",
    hint: "Where the authority checks the names.",
    options: [
      ["http-01", "HTTP-01 (port 80)"],
      ["tls-alpn-01", "TLS-ALPN-01 (port 443)"],
    ],
  },
  caFile: { kind: "text", label: "CA file" },
  accountKey: { kind: "text", label: "Account key file", hint: "The same on all servers of a site." },
  externalAccount: { kind: "group", fields: ACCOUNT, label: "External account binding (EAB)" },
  keyType: {
    kind: "choice",
    label: "Key type",
    options: [
      ["ecdsa-p256", () => "ECDSA P-256"],
      ["ecdsa-p384", () => "ECDSA P-384"],
      ["rsa-2048", () => "RSA 2048"],
    ],
  },
};

const TRACING: FieldsOf<NonNullable<Config["tracing"]>> = {
  endpoint: { kind: "text", required: true, label: "Address", placeholder: "http://127.0.0.1:4318/v1/traces" },
  sample: { kind: "number", label: "Sampling ratio", hint: "From 0 to 1 (all requests).", placeholder: "0.1" },
  service: { kind: "text", label: "Service name", placeholder: "backsoon" },
};

export const AUTHORITIES: Extract<Field, { kind: "named" }> = {
  kind: "named",
  fields: AUTHORITY,
  item: "Authority",
  label: "Certificate authorities (ACME)",
};

export const SERVER: FieldsOf<Omit<Config, "virtualHosts">> = {
  listeners: { kind: "items", fields: LISTENER, required: true, item: "Listener", label: "Listeners" },
  trustedProxies: {
    kind: "list",
    words: true,
    label: "Trusted proxies",
    hint: "Their X-Forwarded-For sets the client address.",
    placeholder: "127.0.0.1",
  },
  acme: AUTHORITIES,
  upstreams: { kind: "named", fields: UPSTREAM, item: "Application", label: "Applications" },
  accessLog: {
    kind: "group",
    fields: ACCESS_LOG,
    orText: "to",
    label: "Access log",
    hint: "For virtual hosts without their own.",
  },
  tracing: { kind: "group", fields: TRACING, label: "Traces (OpenTelemetry)", hint: "Spans go to an OTLP collector." },
  geoFiles: {
    kind: "list",
    label: "GeoIP databases (MMDB)",
    hint: "For conditions by country, continent and network operator; one file per line.",
    placeholder: "/var/lib/GeoIP/GeoLite2-Country.mmdb",
  },
};
