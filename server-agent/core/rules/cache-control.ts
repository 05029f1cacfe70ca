/** `Cache-Control` and `Expires` of answers that may be kept (RFC 9111, 5.2 and 5.3). */
import { without } from "./field-edit.ts";

/** No error is ever to be kept for longer than its server says: nginx has the same list. */
const STATUSES: ReadonlySet<number> = new Set([200, 201, 204, 206, 301, 302, 303, 304, 307, 308]);
const REPLACED: ReadonlySet<string> = new Set(["cache-control", "expires", "pragma"]);

/** Directives of responses, and whether they have a value. */
const DIRECTIVES: Readonly<Record<string, "none" | "seconds" | "maybe">> = {
  "must-revalidate": "none",
  "must-understand": "none",
  "no-cache": "maybe",
  "no-store": "none",
  "no-transform": "none",
  private: "maybe",
  "proxy-revalidate": "none",
  public: "none",
  immutable: "none",
  "max-age": "seconds",
  "s-maxage": "seconds",
  "stale-while-revalidate": "seconds",
  "stale-if-error": "seconds",
};
const DIRECTIVE = /^([a-z-]+)(?:=(\d{1,10}|"[^"\\]*"))?$/i;

/** What is wrong with a value of `Cache-Control`; undefined for nothing. */
export function refuseCacheControl(value: string): string | undefined {
  for (const part of value.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/)) {
    const text = part.trim();
    const [, name = "", argument] = DIRECTIVE.exec(text) ?? [];
    const kind = Object.hasOwn(DIRECTIVES, name.toLowerCase()) ? DIRECTIVES[name.toLowerCase()] : undefined;
    if (kind === undefined)
      return `${JSON.stringify(text)} is no directive; use ${Object.keys(DIRECTIVES).join(", ")}, with commas between them`;
    if (kind === "seconds" && !/^\d+$/.test(argument ?? "")) return `\`${name}\` needs seconds, like \`${name}=3600\``;
    if (kind === "none" && argument !== undefined) return `\`${name}\` has no value`;
  }
  return undefined;
}

/** Changes the fields of a response; `now` in epoch milliseconds. */
export type CacheEdit = (status: number, fields: readonly string[], now: number) => readonly string[];

export function compileCacheControl(value: string): CacheEdit {
  const maxAge = /(?:^|[\s,])max-age=(\d+)/i.exec(value)?.[1];
  return (status, fields, now) => {
    if (!STATUSES.has(status)) return fields;
    const rest = without(fields, (name) => REPLACED.has(name));
    rest.push("Cache-Control", value);
    if (maxAge !== undefined) rest.push("Expires", new Date(now + Number(maxAge) * 1000).toUTCString());
    return rest;
  };
}
