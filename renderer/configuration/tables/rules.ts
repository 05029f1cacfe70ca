/** The fields of a rule besides its condition and its handler. */
import type { Rule, RuleSettings } from "../../../main/contract/agent.ts";
import type { Field, FieldsOf } from "./field.ts";

type Part<Key extends keyof RuleSettings> = Exclude<NonNullable<RuleSettings[Key]>, boolean | string | number>;

const HEADERS: FieldsOf<Part<"responseHeaders">> = {
  set: {
    kind: "pairs",
    names: "Name",
    values: "Value",
    each: "text",
    atOnce: true,
    label: "Set",
    hint: "Replaces fields of the same name.",
  },
  add: {
    kind: "pairs",
    names: "Name",
    values: "Value",
    each: "texts",
    label: "Add",
    hint: "Keeps fields of the same name. One value per line.",
  },
  remove: { kind: "list", words: true, label: "Remove", placeholder: "Server" },
};

const AUTH: FieldsOf<Part<"auth">> = {
  type: {
    kind: "choice",
    required: true,
    label: "Authentication method",
    options: [
      ["basic", "Basic: sends the password, so use it only over TLS"],
      ["digest", "Digest: sends a digest of it"],
    ],
  },
  realm: { kind: "text", required: true, label: "Realm", hint: "Browsers show it." },
  file: {
    kind: "text",
    atOnce: true,
    label: "Password file",
    hint: "On the server, as htpasswd or htdigest writes it.",
    placeholder: "/etc/backsoon/users",
  },
  users: {
    kind: "users",
    label: "Users",
    hint: "Instead of a file. Only a hash of each password is stored.",
  },
  algorithm: {
    kind: "choice",
    label: "Digest",
    options: [
      ["SHA-256", () => "SHA-256"],
      ["MD5", () => "MD5"],
    ],
  },
  forward: { kind: "flag", label: "Forward name and password to the application" },
};

const RATE_LIMIT: FieldsOf<Part<"rateLimit">> = {
  requests: { kind: "number", required: true, label: "Requests", placeholder: "20" },
  seconds: { kind: "number", label: "Period in seconds", placeholder: "1" },
  burst: { kind: "number", label: "Burst: at once after a pause", placeholder: "60" },
};

const COMPRESSION: FieldsOf<Part<"compress">> = {
  minBytes: { kind: "number", label: "Minimum size in bytes", placeholder: "1024" },
  types: { kind: "list", words: true, label: "Media types", placeholder: "text/*" },
};

const SETTINGS: FieldsOf<RuleSettings> = {
  auth: {
    kind: "group",
    fields: AUTH,
    label: "Ask for name and password",
  },
  responseHeaders: { kind: "group", fields: HEADERS, label: "Change response headers" },
  requestHeaders: {
    kind: "group",
    fields: HEADERS,
    label: "Change request headers",
    hint: "As the application gets them.",
  },
  cacheControl: {
    kind: "text",
    label: "Caching by browsers (Cache-Control)",
    hint: "Only for what is the same for everybody.",
    placeholder: "public, max-age=3600",
  },
  compress: { kind: "group", fields: COMPRESSION, orTrue: true, label: "Compress answers" },
  rateLimit: {
    kind: "group",
    fields: RATE_LIMIT,
    label: "Limit requests per client",
    hint: "Further ones get 429. Each worker counts separately.",
  },
  maxBodyBytes: {
    kind: "number",
    label: "Largest request body in bytes",
    hint: "A larger one gets 413.",
    placeholder: "10000000",
  },
  bodyTimeout: { kind: "number", label: "Request body timeout in seconds", placeholder: "30" },
  bytesPerSecond: { kind: "number", label: "Bandwidth per answer in bytes per second", placeholder: "1000000" },
};

const WHEN: Field = { kind: "condition", label: "When" };
const HANDLER: Field = { kind: "handler", required: true, label: "What answers" };

/** What it applies to, what answers, and what else it does: a part of the form each. */
export const RULE = { when: { when: WHEN }, handler: { handler: HANDLER }, settings: SETTINGS };

/** All of them. */
export const RULE_FIELDS: FieldsOf<Rule> = { ...RULE.when, ...RULE.handler, ...SETTINGS };
