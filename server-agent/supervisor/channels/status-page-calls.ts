/** What status pages are told, as their services document it, and when. Pure. */
import type { Receipt } from "../../contract/maintenance.ts";
import type { Proof } from "../../contract/proof.ts";
import { wrongCells } from "../../core/proof/wrong-cells.ts";
import { visibleText } from "../../core/visible-text.ts";
import type { StoredChannel } from "../../store/stored-channel.ts";
import type { OutgoingCall } from "./call-out.ts";
import { isObject, objectIn, withoutSecrets } from "./webhook-answer.ts";
import { fitted } from "./chat-text.ts";

export type StatusPage = Extract<StoredChannel, { kind: "status-page" }>;

export type Step = { open: Receipt } | { close: StatusPage["opened"][number] };

const MAX_NAME_LENGTH = 200;
/** What a page shows as the end where none is planned: both services want one. */
const OPEN_END_MS = 4 * 3_600_000;
const MINUTE_MS = 60_000;

/** The first thing that is not on the page as it was observed; `undefined`: all is. */
export function nextStep({ opened, sites }: StatusPage, receipts: readonly Receipt[]): Step | undefined {
  const byId = new Map(receipts.map((receipt) => [receipt.id, receipt]));
  const close = opened.find(({ receipt }) => {
    const known = byId.get(receipt);
    return known === undefined || (known.state === "reverted" && isObserved(known.revert?.proof));
  });
  if (close !== undefined) return { close };
  const open = receipts.find(
    ({ id, site, state, proof }) =>
      state === "in-maintenance" &&
      isObserved(proof) &&
      (sites.length === 0 || sites.includes(site)) &&
      !opened.some(({ receipt }) => receipt === id),
  );
  return open === undefined ? undefined : { open };
}

/** Something was asked, and all of it answered as planned. */
function isObserved(proof: Proof | undefined): boolean {
  return wrongCells(proof).length === 0 && proof?.cells.some(({ outcome }) => outcome === "right") === true;
}

/**
 * https://developer.statuspage.io/#operation/postPagesPageIdIncidents,
 * https://instatus.com/help/api/maintenances
 * @param name what people call the site
 */
export function openCall(channel: StatusPage, { startedAt, until, reason }: Receipt, name: string): OutgoingCall {
  const { components } = channel;
  const { title, message } = maintenanceWords(name, reason);
  const end = until ?? new Date(Date.parse(startedAt) + OPEN_END_MS).toISOString();
  if (channel.service === "statuspage")
    return call(channel, "POST", "incidents", {
      incident: {
        name: title,
        body: message,
        status: "in_progress",
        impact_override: "maintenance",
        scheduled_for: startedAt,
        scheduled_until: end,
        // The agent ends it when it has seen the site live again.
        scheduled_auto_completed: false,
        ...componentsOf(components, "under_maintenance"),
      },
    });
  return call(channel, "POST", "maintenances", {
    name: title,
    message,
    components,
    start: startedAt,
    duration: Math.max(1, Math.round((Date.parse(end) - Date.parse(startedAt)) / MINUTE_MS)),
    status: "INPROGRESS",
    notify: true,
    statuses: components.map((id) => ({ id, status: "UNDERMAINTENANCE" })),
  });
}

/** What a page says of it, each in one line. @param name what people call the site */
export function maintenanceWords(name: string, reason: string): { title: string; message: string } {
  return {
    title: oneLine(`Maintenance of ${name}`),
    message: oneLine(reason === "" ? `${name} is in maintenance.` : reason),
  };
}

/**
 * https://instatus.com/help/api/maintenance-updates
 * @param id of the maintenance there; while others are open, the components stay in maintenance
 */
export function closeCall(channel: StatusPage, id: string, now: string): OutgoingCall {
  const { components, opened } = channel;
  const isLast = opened.every((each) => each.id === id);
  const message = "The maintenance is over.";
  if (channel.service === "statuspage")
    return call(channel, "PATCH", `incidents/${encodeURIComponent(id)}`, {
      incident: {
        status: "completed",
        body: message,
        ...componentsOf(components, isLast ? "operational" : "under_maintenance"),
      },
    });
  return call(channel, "POST", `maintenances/${encodeURIComponent(id)}/maintenance-updates`, {
    message,
    components,
    started: now,
    status: "COMPLETED",
    notify: true,
    statuses: components.map((component) => ({ id: component, status: isLast ? "OPERATIONAL" : "UNDERMAINTENANCE" })),
  });
}

/** Changes nothing, and shows whether page, key and components are right. */
export function checkCall(channel: StatusPage): OutgoingCall {
  return call(channel, "GET", "components");
}

/** A component that the page does not have, by the answer to `checkCall`. */
export function missingComponent({ components }: StatusPage, body: string): string | undefined {
  let listed: unknown;
  try {
    listed = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (!Array.isArray(listed)) return undefined;
  const known = new Set(listed.map((component: unknown) => (isObject(component) ? component.id : undefined)));
  return components.find((component) => !known.has(component));
}

/** Of a maintenance that was opened. */
export function idIn(body: string): string | undefined {
  const { id } = objectIn(body);
  return typeof id === "string" && id !== "" ? id : undefined;
}

/**
 * Why it refused, in its own words: `{"error": "…"}` of Statuspage, `{"error": {"message": "…"}}`
 * of Instatus.
 */
export function refusalIn({ token }: StatusPage, body: string): string | undefined {
  const { error } = objectIn(body);
  const said = isObject(error) && "message" in error ? error.message : error;
  return typeof said === "string" && said !== "" ? withoutSecrets(said, [token]) : undefined;
}

function call(
  { service, api, page, token }: StatusPage,
  method: OutgoingCall["method"],
  path: string,
  body?: unknown,
): OutgoingCall {
  const isStatuspage = service === "statuspage";
  const base = (api ?? (isStatuspage ? "https://api.statuspage.io" : "https://api.instatus.com")).replace(/\/+$/, "");
  return {
    method,
    url: `${base}/v1/${isStatuspage ? "pages/" : ""}${page}/${path}`,
    headers: { authorization: `${isStatuspage ? "OAuth" : "Bearer"} ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
}

function componentsOf(components: readonly string[], status: string): object {
  return components.length === 0
    ? {}
    : { component_ids: components, components: Object.fromEntries(components.map((id) => [id, status])) };
}

function oneLine(text: string): string {
  return fitted(visibleText(text, " "), MAX_NAME_LENGTH);
}
