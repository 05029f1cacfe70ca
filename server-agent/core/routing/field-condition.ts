/**
 * Conditions on named fields of a request: headers, cookies and query parameters; and on what is
 * known of its visitor: a certificate, and where he is.
 */
import type { WantedCertificate } from "../../contract/condition.ts";
import type { Problem } from "../../contract/errors.ts";
import type { CompiledCondition, ConditionContext } from "./compiled-condition.ts";
import { childPointer } from "../json-pointer.ts";
import { compileRegex } from "./regex.ts";
import type { RequestFacts } from "./request-facts.ts";
import { listOf, quote } from "../wording.ts";

export type FieldKind = "header" | "cookie" | "query";
type FieldValue = true | string | string[];
type Accept = (value: string) => boolean;

const NOUN: Record<FieldKind, string> = { header: "header", cookie: "cookie", query: "query parameter" };

interface Field {
  readonly name: string;
  /** Whether any value of the field is accepted. */
  readonly holds: (facts: RequestFacts) => boolean;
  /** What was wanted, as in "is not …"; undefined when mere presence was. */
  readonly wanted: string | undefined;
}

/** Compiles `header`, `cookie` or `query`: every named field must have a value that is accepted. */
export function compileFields(
  kind: FieldKind,
  fields: Record<string, FieldValue>,
  path: string,
  problems: Problem[],
): CompiledCondition {
  const compiled = Object.entries(fields).map(([name, value]) =>
    compileField(kind, name, value, childPointer(path, name), problems),
  );
  const [only] = compiled;
  return {
    test:
      compiled.length === 1 && only !== undefined
        ? only.holds
        : (facts) => compiled.every((field) => field.holds(facts)),
    why(facts) {
      const failing = compiled.find((field) => !field.holds(facts));
      return failing === undefined
        ? compiled.map((field) => describe(kind, field, facts, true)).join(" and ")
        : describe(kind, failing, facts, false);
    },
  };
}

/** Whether the visitor has shown a certificate: any, or one of those that are named. */
export function compileCertificate(
  wanted: true | WantedCertificate,
  path: string,
  problems: Problem[],
): CompiledCondition {
  const { commonName = true, fingerprint = [] } = wanted === true ? {} : wanted;
  const acceptName = compileValue(commonName, childPointer(path, "commonName"), problems);
  const prints = new Set([fingerprint].flat().map((one) => one.replaceAll(":", "").toLowerCase()));
  return {
    test: ({ clientCertificate: shown }) =>
      shown !== undefined && acceptName(shown.commonName) && (prints.size === 0 || prints.has(shown.fingerprint)),
    why: ({ clientCertificate: shown }) =>
      shown === undefined
        ? "the visitor has shown no certificate"
        : `the visitor has shown the certificate of ${quote(shown.commonName)} (${shown.fingerprint})`,
  };
}

function compileField(kind: FieldKind, name: string, value: FieldValue, path: string, problems: Problem[]): Field {
  if (kind !== "query" && !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
    problems.push({
      path,
      code: "condition.field-name",
      message: `${quote(name)} cannot be the name of a ${NOUN[kind]}: use letters, digits and dashes (RFC 9110, 5.6.2)`,
    });
  }
  const accept = compileValue(value, path, problems);
  return {
    name,
    wanted: value === true ? undefined : listOf((typeof value === "string" ? [value] : value).map(quote)),
    holds: lookUp(kind, name, accept),
  };
}

function lookUp(kind: FieldKind, name: string, accept: Accept): Field["holds"] {
  if (kind === "query") return (facts) => someParameter(facts.query, name, accept);
  if (kind === "cookie") return (facts) => someCookie(facts.header("cookie"), name, accept);
  const lowerCase = name.toLowerCase();
  return (facts) => {
    const value = facts.header(lowerCase);
    return value !== undefined && accept(value);
  };
}

function compileValue(value: FieldValue, path: string, problems: Problem[]): Accept {
  if (value === true) return () => true;
  if (typeof value === "string") return compileText(value, path, problems);
  const alternatives = value.map((text, index) => compileText(text, childPointer(path, index), problems));
  return (actual) => alternatives.some((accept) => accept(actual));
}

function compileText(text: string, path: string, problems: Problem[]): Accept {
  if (!text.startsWith("~")) return (actual) => actual === text;
  const compiled = compileRegex(text.slice(1));
  if (compiled.ok) return compiled.regex.test;
  problems.push({ path, code: "regex.invalid", message: compiled.message });
  return () => false;
}

function describe(kind: FieldKind, field: Field, facts: RequestFacts, holds: boolean): string {
  const subject = `the ${NOUN[kind]} ${quote(field.name)}`;
  let seen: string | undefined;
  lookUp(kind, field.name, (value) => {
    seen ??= value;
    return false;
  })(facts);
  if (seen === undefined) return `${subject} is missing`;
  if (field.wanted === undefined) return `${subject} is present`;
  return holds ? `${subject} is ${field.wanted}` : `${subject} is ${quote(seen)}, not ${field.wanted}`;
}

/**
 * Whether any cookie of this name (RFC 6265, 4.2.1) is accepted; its value without surrounding
 * quotes, otherwise as sent.
 */
export function someCookie(header: string | undefined, name: string, accept: Accept): boolean {
  if (header === undefined) return false;
  for (let start = 0; start < header.length;) {
    const semicolon = header.indexOf(";", start);
    const end = semicolon < 0 ? header.length : semicolon;
    while (header.charCodeAt(start) === 0x20) start += 1;
    if (header.startsWith(name, start) && header.charCodeAt(start + name.length) === 0x3d) {
      const value = header.slice(start + name.length + 1, end).trim();
      if (accept(value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value))
        return true;
    }
    start = end + 1;
  }
  return false;
}

/**
 * Whether any parameter of this name is accepted; names and values are decoded as forms encode them
 * (`+` is a space).
 */
function someParameter(query: string, name: string, accept: Accept): boolean {
  for (let start = 0; start < query.length;) {
    const ampersand = query.indexOf("&", start);
    const end = ampersand < 0 ? query.length : ampersand;
    const equals = query.indexOf("=", start);
    const nameEnd = equals < 0 || equals > end ? end : equals;
    if (decodeForm(query.slice(start, nameEnd)) === name && accept(decodeForm(query.slice(nameEnd + 1, end))))
      return true;
    start = end + 1;
  }
  return false;
}

function decodeForm(text: string): string {
  if (!/[+%]/.test(text)) return text;
  const spaced = text.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

type GeoKey = "country" | "continent" | "asn";

const SUBJECTS: Readonly<Record<GeoKey, string>> = { country: "country", continent: "continent", asn: "network" };

/** An address that no file knows is in none of them. */
export function compileGeo(
  key: GeoKey,
  value: string | number | readonly (string | number)[],
  path: string,
  { hasGeoFiles, problems }: ConditionContext,
): CompiledCondition {
  if (hasGeoFiles !== true)
    problems.push({
      path,
      code: "condition.no-geo-files",
      message: `\`${key}\` needs a file that says where addresses are; name an MMDB file in \`geoFiles\``,
    });
  const wanted = new Set<string | number | undefined>([value].flat());
  const words = listOf(Array.from(wanted, (one) => quote(String(one))));
  return {
    test: ({ geo }) => wanted.has(geo[key]),
    why: ({ client, geo }) => {
      const actual = geo[key];
      const found = `the ${SUBJECTS[key]} of ${quote(client)} is ${actual === undefined ? "not known" : quote(String(actual))}`;
      return wanted.has(actual) ? found : `${found}, not ${words}`;
    },
  };
}
