/** Certificates that could not be obtained or renewed: somebody has to know before visitors do. */
import { type FailedOrders, type HeldCertificate, remindAt } from "../acme/order-time.ts";
import { type Instant, isoOf } from "../windows/wall-clock.ts";
import type { Wanted } from "./wanted-reminder.ts";

export interface FailedCertificate {
  readonly site: string;
  readonly held: HeldCertificate | undefined;
  readonly failed: FailedOrders & { readonly message: string };
}

/** Of its latest order, which failed. */
export function ofCertificate({ site, held, failed }: FailedCertificate): Wanted {
  const { since, message } = failed;
  return {
    at: remindAt(failed, held),
    draft: (due) => ({
      id: `${timedId(since, site)}-certificate-${String(Math.round((due - since) / 1000))}`,
      kind: "certificate",
      due: isoOf(due),
      sites: [site],
      receipts: [],
      about: { title: "", from: isoOf(since), to: undefined, zone: "UTC" },
      news: { what: "certificate", endsInMs: held === undefined ? undefined : held.ends - due, why: message },
    }),
  };
}

/** As ids of windows and receipts are made, so that files of all reminders are called alike. */
function timedId(instant: Instant, site: string): string {
  const [day = "", time = ""] = isoOf(instant)
    .replaceAll(/[-:]|\.\d+Z$/g, "")
    .split("T");
  // FNV-1a: only to tell sites apart that failed in the same second.
  let hash = 0x811c9dc5;
  for (const character of site) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return `${day}-${time}-${(hash >>> 8).toString(16).padStart(6, "0")}`;
}
