/** A certificate as operators think of it: is it fine, until when, and who renews it. Pure. */
import type { SiteCertificate, VirtualHost } from "../../main/contract/agent.ts";
import { dateFormat } from "../../main/language/formats.ts";
import { t, type PlainMessage } from "../../main/language/translate.ts";
import { clockAhead } from "../../main/contract/shared/clock.ts";
import { duration } from "../lib/format.ts";
import type { SiteState } from "../lib/sites.ts";

/** With a smaller part of its life left, nobody seems to renew it: the agent says so, too. */
const LAST_SHARE = 0.1;
/** Further ahead, the day says enough, and the year is needed. */
const SOON_MS = 2 * 86_400_000;

interface Condition {
  state: SiteState;
  label: PlainMessage;
}

/** @param now epoch milliseconds */
export function conditionOf({ begins, ends, acme }: SiteCertificate, now: number): Condition {
  if (acme?.ordering === true) return { state: "draining", label: "Being ordered" };
  if (acme?.issued === false) return { state: "failed", label: "Self-signed" };
  if (begins === undefined || ends === undefined) return { state: "failed", label: "Cannot be read" };
  const [first, last] = [Date.parse(begins), Date.parse(ends)];
  if (now > last) return { state: "failed", label: "Expired" };
  if (now < first) return { state: "failed", label: "Not valid yet" };
  if (acme?.failure !== undefined) return { state: "failed", label: "Not renewed" };
  return last - now < (last - first) * LAST_SHARE
    ? { state: "failed", label: "Expires soon" }
    : { state: "live", label: "Valid" };
}

/** `until 3 Jan 2027 (in 34 days)` */
export function lifeWords({ begins, ends }: SiteCertificate, now: number): string {
  if (begins === undefined || ends === undefined) return t("not known");
  if (Date.parse(begins) > now) return t("from {begin} until {end}", { begin: dayOf(begins), end: dayOf(ends) });
  const left = Date.parse(ends) - now;
  return left >= 0
    ? t("until {end} (in {time})", { end: dayOf(ends), time: duration(left) })
    : t("ended {end} ({time} ago)", { end: dayOf(ends), time: duration(-left) });
}

/** @param tls of its site */
export function renewalWords({ acme }: SiteCertificate, tls: VirtualHost["tls"], now: number): string {
  if (acme === undefined) {
    const file = tls !== undefined && "certificate" in tls ? tls.certificate : undefined;
    return file === undefined ? t("by whoever writes its files") : t("by whoever writes {file}", { file });
  }
  const { authority, orderAt, issued } = acme;
  if (orderAt === undefined) return t("being ordered from {authority}", { authority });
  const time = Date.parse(orderAt) - now < SOON_MS ? clockAhead(orderAt, now) : dayOf(orderAt);
  return issued
    ? t("automatically by {authority}, next: {time}", { authority, time })
    : t("ordered from {authority}, next: {time}; until then the agent signs it", { authority, time });
}

/** Those that somebody has to look at, then those that end first. */
export function inOrder(certificates: readonly SiteCertificate[], now: number): SiteCertificate[] {
  const rank = (certificate: SiteCertificate) => (conditionOf(certificate, now).state === "live" ? 1 : 0);
  const end = ({ ends }: SiteCertificate) => (ends === undefined ? 0 : Date.parse(ends));
  return certificates.toSorted((one, other) => rank(one) - rank(other) || end(one) - end(other));
}

function dayOf(iso: string): string {
  return dateFormat({ day: "numeric", month: "short", year: "numeric" }).format(new Date(iso));
}
