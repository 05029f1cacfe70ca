/** The fields of a condition: those that one request must meet together. */
import type { Condition } from "../../../main/contract/agent.ts";
import type { FieldsOf } from "./field.ts";

const NAMED = { kind: "pairs", names: "Name", values: "Value", each: "match" } as const;
const NAMED_HINT = "Leave a value empty for any. One value per line, ~ before a regular expression.";

const CLIENT_CERTIFICATE: FieldsOf<Exclude<NonNullable<Condition["clientCertificate"]>, true>> = {
  commonName: {
    kind: "list",
    orOne: true,
    label: "Common name",
    hint: "One per line, ~ before a regular expression.",
  },
  fingerprint: { kind: "list", orOne: true, label: "Fingerprint", hint: "SHA-256, in hexadecimal; one per line." },
};

export const CONDITION: FieldsOf<Condition> = {
  path: {
    kind: "list",
    orOne: true,
    label: "Path",
    hint: "Exact, or with /* at its end for everything below; one per line.",
    placeholder: "/static/*",
  },
  pathRegex: {
    kind: "list",
    orOne: true,
    label: "Path matching",
    hint: "A regular expression (RE2); anchor it with ^ and $.",
    placeholder: "^/item/\\d+$",
  },
  urlRegex: {
    kind: "list",
    orOne: true,
    label: "Address matching",
    hint: "A regular expression (RE2) for the path, and ? and the query if there is one.",
    placeholder: "^/news\\?id=\\d+$",
  },
  extension: { kind: "list", words: true, orOne: true, label: "File extension", placeholder: "php" },
  method: { kind: "list", words: true, orOne: true, label: "Method", placeholder: "GET" },
  from: {
    kind: "list",
    words: true,
    orOne: true,
    label: "Client address",
    hint: "Addresses or networks.",
    placeholder: "10.0.0.0/8",
  },
  country: {
    kind: "list",
    words: true,
    orOne: true,
    label: "Country",
    hint: "ISO code of two letters, such as DE. Needs GeoIP databases in the server's settings.",
    placeholder: "DE",
  },
  continent: {
    kind: "list",
    words: true,
    orOne: true,
    label: "Continent",
    hint: "AF, AN, AS, EU, NA, OC or SA. Needs GeoIP databases, too.",
    placeholder: "EU",
  },
  asn: {
    kind: "list",
    words: true,
    orOne: true,
    numbers: true,
    label: "Network operator (ASN)",
    hint: "Number of the autonomous system. Needs GeoIP databases, too.",
    placeholder: "64496",
  },
  header: { ...NAMED, label: "Request header", hint: NAMED_HINT },
  cookie: { ...NAMED, label: "Cookie", hint: NAMED_HINT },
  query: { ...NAMED, label: "Query parameter", hint: NAMED_HINT },
  tls: {
    kind: "choice",
    label: "Connection",
    options: [
      [true, "over TLS"],
      [false, "without TLS"],
    ],
  },
  clientCertificate: {
    kind: "group",
    fields: CLIENT_CERTIFICATE,
    orTrue: true,
    label: "Client certificate",
    hint: "One that the listener accepts.",
  },
  listener: { kind: "list", words: true, orOne: true, label: "Listener", hint: "Its name." },
  exists: {
    kind: "list",
    orOne: true,
    label: "File on the server",
    hint: "It must exist; one path per line.",
    placeholder: "/srv/flags/beta",
  },
  pass: { kind: "choice", label: "Staff pass", options: [[true, "the visitor has one"]] },
  not: { kind: "condition", label: "None of this" },
  any: { kind: "conditions", joined: "or", label: "At least one of these" },
  all: { kind: "conditions", joined: "and", label: "All of these" },
  share: { kind: "json" },
};
