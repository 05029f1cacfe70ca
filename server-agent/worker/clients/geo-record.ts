/** What a record of an MMDB file says of an address; makers of such files write it in two ways. */
import type { Geo } from "../../core/routing/request-facts.ts";

/** @param record As it was decoded: of any form, for it is the user's file. */
export function geoOf(record: unknown): Geo {
  const { country, country_code, continent, continent_code, autonomous_system_number, asn } = fieldsOf(record);
  return {
    // MaxMind and DB-IP have `{ iso_code }`, IPinfo a text.
    country: codeOf(fieldsOf(country).iso_code) ?? codeOf(country_code) ?? codeOf(country),
    continent: codeOf(fieldsOf(continent).code) ?? codeOf(continent_code) ?? codeOf(continent),
    asn: numberOf(autonomous_system_number) ?? numberOf(asn),
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function codeOf(value: unknown): string | undefined {
  return typeof value === "string" && /^[A-Z]{2}$/.test(value) ? value : undefined;
}

/** `64496` or `AS64496`. */
function numberOf(value: unknown): number | undefined {
  const digits = /^(?:AS)?(\d{1,10})$/.exec(String(value))?.[1];
  return digits === undefined ? undefined : Number(digits);
}
