/** Tables of the fields of an object, from its schema. */
import { z } from "zod";

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** Headings of docs/configuration.md that types can be linked to. */
const HEADINGS: Record<string, string> = {
  Listener: "a [listener](#listener)",
  Upstream: "an [upstream](#upstream)",
  Target: "a [target](#target)",
  Sticky: "[sticky sessions](#sticky-sessions)",
  HealthCheck: "a [health check](#health-check)",
  PassiveHealthCheck: "a [passive health check](#passive-health-check)",
  UpstreamTls: "[TLS options](#tls-of-an-upstream)",
  ListenerHttp2: "[HTTP/2 options](#http2-of-a-listener)",
  ListenerTls: "[TLS options](#tls-of-a-listener)",
  AccessLog: "an [access log](#access-log)",
  Tracing: "[tracing](#tracing)",
  LogRotation: "[rotation](#rotation)",
  CertificateFiles: "[certificate files](#certificate)",
  IssuedCertificate: "an [ACME certificate](#acme-certificate)",
  AcmeAuthority: "an [ACME authority](#acme-authority)",
  RedirectToHttps: "a [redirect to HTTPS](#redirect-to-https)",
  Hsts: "an [HSTS policy](#hsts-policy)",
  VirtualHost: "a [virtual host](#virtual-host)",
  Rule: "a [rule](#rule)",
  Auth: "[authentication](#authentication)",
  Compression: "[compression](#compression)",
  RateLimit: "[rate limit](#rate-limit)",
  HeaderOperations: "[header operations](#header-operations)",
  Condition: "a [condition](#condition)",
  Handler: "a [handler](#handler)",
  PageContent: "[page content](#page-content)",
};

/** One row for each field: name, type, meaning. Fields that must be there are marked. */
export function fieldTable(schema: z.ZodType, without: readonly string[] = []): string {
  const root = z.toJSONSchema(schema, { reused: "inline" });
  const object = root.$ref === undefined ? root : (root.$defs?.[root.$ref.replace("#/$defs/", "")] ?? root);
  const required = new Set(object.required);
  const rows = Object.entries(object.properties ?? {})
    .filter(([name]) => !without.includes(name))
    .map(([name, field]) => {
      if (typeof field === "boolean" || field.description === undefined) throw new Error(`${name} has no description`);
      return `| \`${name}\`${required.has(name) ? " (required)" : ""} | ${escaped(typeOf(field))} | ${escaped(field.description)} |`;
    });
  return rows.length === 0
    ? "No further fields."
    : ["| Field | Type | Meaning |", "| --- | --- | --- |", ...rows].join("\n");
}

function escaped(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function typeOf(schema: JsonSchema | boolean): string {
  if (typeof schema === "boolean") throw new Error("a field accepts anything");
  if (schema.$ref !== undefined) return reference(schema.$ref);
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined) return alternatives(quoted(schema.enum));
  if (schema.anyOf !== undefined) return alternatives(schema.anyOf.map(typeOf));
  if (schema.oneOf !== undefined) return alternatives(schema.oneOf.map(typeOf));
  switch (schema.type) {
    case "array":
      return `list of ${typeOf((schema.items as JsonSchema | undefined) ?? true).replace(/^an? /, "")}`;
    case "object":
      if (schema.properties !== undefined) return `object with ${quoted(Object.keys(schema.properties)).join(", ")}`;
      return `object: name → ${typeOf(schema.additionalProperties ?? true)}`;
    case "integer":
      return `whole number${range(schema)}`;
    case "number":
      return `number${range(schema)}`;
    case "boolean":
      return "`true` or `false`";
    case "string":
      return schema.format === "date-time"
        ? "date and time"
        : `text${schema.maxLength === undefined ? "" : ` of at most ${String(schema.maxLength)} characters`}`;
    default:
      throw new Error(`no words for ${JSON.stringify(schema)}`);
  }
}

function quoted(values: readonly unknown[]): string[] {
  return values.map((value) => `\`${String(value)}\``);
}

function reference(ref: string): string {
  const heading = HEADINGS[ref.replace("#/$defs/", "")];
  if (heading === undefined) throw new Error(`no heading for ${ref}`);
  return heading;
}

function alternatives(types: readonly string[]): string {
  return types.length < 3 ? types.join(" or ") : `${types.slice(0, -1).join(", ")} or ${types.at(-1) ?? ""}`;
}

function range({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }: JsonSchema): string {
  const from =
    minimum === undefined
      ? exclusiveMinimum === undefined
        ? ""
        : ` above ${String(exclusiveMinimum)}`
      : ` from ${String(minimum)}`;
  const to =
    maximum === undefined
      ? exclusiveMaximum === undefined
        ? ""
        : ` below ${String(exclusiveMaximum)}`
      : ` to ${String(maximum)}`;
  return `${from}${to}`;
}
