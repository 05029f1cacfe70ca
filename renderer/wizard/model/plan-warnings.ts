/**
 * The warnings of a plan in the wizard: the field that each belongs to, and which of them the
 * person has to agree to before anything is switched. Pure.
 */
import type { Warning } from "../../../main/contract/agent.ts";
import type { Draft } from "../../maintenance/draft.ts";

const FIELD_OF_CODE: Record<Warning["code"], keyof Draft> = {
  "alias-left-out": "leftOut",
  "wildcard-covers-more": "position",
  shadowed: "position",
  "default-site": "leftOut",
  "original-disabled": "site",
  "already-in-maintenance": "position",
  "exception-unreachable": "addresses",
  "exception-covers-all": "addresses",
  "end-in-past": "until",
  "acme-not-excepted": "certificates",
  "hook-missing": "site",
  "demoted-copycat-replaced": "copycat",
};

/** After these, visitors are still on the live site, or another site's visitors are elsewhere. */
const LEADS_VISITORS_ASTRAY: ReadonlySet<Warning["code"]> = new Set<Warning["code"]>([
  "alias-left-out",
  "shadowed",
  "wildcard-covers-more",
  "exception-covers-all",
]);

/** A warning as the last step lists it. */
export interface ShownWarning {
  field: keyof Draft;
  message: string;
  needsConsent: boolean;
}

/** @param staff staff names as they were sent; what is about one of them is set there */
export function fieldOfWarning({ code, host }: Warning, staff: readonly string[]): keyof Draft {
  return host !== undefined && staff.includes(host) ? "staffHosts" : FIELD_OF_CODE[code];
}

/**
 * Each once, however many sites have it; those that need consent first.
 * @param takesUpCopycat it was started from the copycat that was kept, which nobody has to be told
 */
export function shownWarnings(
  warnings: readonly Warning[],
  staff: readonly string[],
  takesUpCopycat = false,
): ShownWarning[] {
  const told = warnings.filter(({ code }) => !takesUpCopycat || code !== "demoted-copycat-replaced");
  const byMessage = new Map(
    told.map((warning): [string, ShownWarning] => [
      warning.message,
      {
        field: fieldOfWarning(warning, staff),
        message: warning.message,
        needsConsent: LEADS_VISITORS_ASTRAY.has(warning.code),
      },
    ]),
  );
  return [...byMessage.values()].sort((one, other) => Number(other.needsConsent) - Number(one.needsConsent));
}

/** What the person agrees to: with other warnings it is asked anew. Empty where nothing is. */
export function consentText(warnings: readonly ShownWarning[]): string {
  return warnings
    .filter(({ needsConsent }) => needsConsent)
    .map(({ message }) => message)
    .sort()
    .join("\n");
}
