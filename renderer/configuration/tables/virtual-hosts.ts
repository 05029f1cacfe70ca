/** The fields of a virtual host, by section of its form. Its rules have a list of their own. */
import type { VirtualHost } from "../../../main/contract/agent.ts";
import { type FieldsOf, JSON_ONLY } from "./field.ts";

type Tls = NonNullable<VirtualHost["tls"]>;

const CERTIFICATE_FILES: FieldsOf<Extract<Tls, { key: string }>> = {
  certificate: {
    kind: "text",
    required: true,
    label: "Certificate file",
    hint: "PEM, with its intermediate certificates.",
    placeholder: "/etc/letsencrypt/live/shop.example.com/fullchain.pem",
  },
  key: {
    kind: "text",
    required: true,
    label: "Key file",
    hint: "PEM, without a passphrase.",
    placeholder: "/etc/letsencrypt/live/shop.example.com/privkey.pem",
  },
};

const ISSUED_CERTIFICATE: FieldsOf<Extract<Tls, { acme: string }>> = {
  acme: {
    kind: "authority",
    required: true,
    label: "Authority",
  },
  names: {
    kind: "list",
    words: true,
    label: "Only for these domains",
    hint: "Leave out names that the authority cannot reach.",
  },
};

const REDIRECT: FieldsOf<Exclude<NonNullable<VirtualHost["redirectToHttps"]>, true>> = {
  status: {
    kind: "choice",
    label: "Status",
    options: [
      [308, "308, for good"],
      [301, "301, for good; a POST may become a GET"],
    ],
  },
  port: { kind: "number", label: "HTTPS port as visitors see it", placeholder: "443" },
  except: {
    kind: "condition",
    label: "Except requests",
    hint: "Certificate renewal and health checks are never redirected.",
  },
};

const HSTS: FieldsOf<NonNullable<VirtualHost["hsts"]>> = {
  maxAge: {
    kind: "number",
    required: true,
    label: "For seconds",
    initial: 31_536_000,
    hint: "31536000 is a year; 0 revokes it.",
  },
  includeSubDomains: { kind: "flag", label: "For all subdomains, too" },
  preload: { kind: "flag", label: "Allow browsers to include it in their preload lists" },
};

const DOMAINS: FieldsOf<Pick<VirtualHost, "hosts" | "id">> = {
  hosts: {
    kind: "list",
    words: true,
    required: true,
    label: "Domains",
    hint: "Names that it answers for; *.example.com for all below one.",
    placeholder: "shop.example.com, www.shop.example.com",
  },
  id: { kind: "text", required: true, label: "Name", hint: "For you, the command line and the API." },
};

const HTTPS: FieldsOf<Pick<VirtualHost, "tls" | "redirectToHttps" | "hsts">> = {
  tls: {
    kind: "either",
    groups: [
      { by: "certificate", label: "Files of your own", fields: CERTIFICATE_FILES },
      { by: "acme", label: "Obtained and renewed by the agent (ACME)", fields: ISSUED_CERTIFICATE },
    ],
    label: "Certificate",
  },
  redirectToHttps: { kind: "group", fields: REDIRECT, orTrue: true, label: "Redirect HTTP to HTTPS" },
  hsts: {
    kind: "group",
    fields: HSTS,
    label: "Keep browsers on HTTPS (HSTS)",
    hint: "Browsers then refuse plain HTTP for the site. Never sent with a maintenance page.",
  },
};

type AccessLog = Exclude<NonNullable<VirtualHost["accessLog"]>, string | false>;

const ROTATION: FieldsOf<NonNullable<AccessLog["rotate"]>> = {
  megabytes: { kind: "number", atOnce: true, label: "Maximum size in megabytes", placeholder: "100" },
  daily: { kind: "choice", label: "Time", options: [[true, "at midnight"]] },
  keep: { kind: "number", label: "Rotated files to keep", placeholder: "7" },
};

export const ACCESS_LOG: FieldsOf<AccessLog> = {
  to: {
    kind: "text",
    required: true,
    label: "Where it goes",
    hint: "A file, stdout, or syslog://host:514.",
    placeholder: "/var/log/backsoon/shop.log",
  },
  format: {
    kind: "text",
    label: "Format",
    hint: "combined, json, or a line with fields of your own.",
    placeholder: "json",
  },
  rotate: { kind: "group", fields: ROTATION, label: "Rotate the file" },
};

const OTHER: FieldsOf<Omit<VirtualHost, "hosts" | "id" | "tls" | "redirectToHttps" | "hsts" | "rules">> = {
  when: {
    kind: "condition",
    label: "Only requests",
    hint: "All others go on to the next virtual host.",
  },
  errorPages: {
    kind: "pairs",
    names: "Status",
    values: "File on the server",
    each: "text",
    label: "Error pages",
    hint: "For a status such as 404, a class such as 5xx, or default for all others.",
  },
  accessLog: { kind: "group", fields: ACCESS_LOG, orText: "to", label: "Access log" },
  disabled: { kind: "flag", label: "Disabled" },
  copycatOf: JSON_ONLY,
};

export const VIRTUAL_HOST = { domains: DOMAINS, https: HTTPS, other: OTHER };

/** All of them. */
export const VIRTUAL_HOST_FIELDS: FieldsOf<Omit<VirtualHost, "rules">> = { ...DOMAINS, ...HTTPS, ...OTHER };
