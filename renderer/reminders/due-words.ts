/** How what is due is shown: its word, its colour, its buttons. */
import { t, type PlainMessage } from "../../main/language/translate.ts";
import type { DueReminder, ReminderAction } from "../../main/contract/reminders.ts";
import { extendLabel } from "../../main/contract/shared/extension.ts";
import type { SiteState } from "../lib/sites.ts";

const PILLS: Record<DueReminder["kind"], { state: SiteState; label: PlainMessage }> = {
  ahead: { state: "draining", label: "Soon" },
  start: { state: "draining", label: "Action needed" },
  "end-ahead": { state: "maintenance", label: "Ends soon" },
  end: { state: "live", label: "Ended" },
  overrun: { state: "failed", label: "Overdue" },
  missed: { state: "failed", label: "Missed" },
  failed: { state: "failed", label: "Not started" },
  "hook-gone": { state: "failed", label: "Not ready" },
  certificate: { state: "failed", label: "Certificate" },
  "open-ended": { state: "maintenance", label: "No end time" },
  "not-closed": { state: "failed", label: "Not as planned" },
  lost: { state: "unknown", label: "Unreachable" },
};

export function pillOf({ kind }: Pick<DueReminder, "kind">): { state: SiteState; label: string } {
  const { state, label } = PILLS[kind];
  return { state, label: t(label) };
}

/** `Bring back`, or `Bring back 3 sites` where one press does more than the title may say. */
export function actionLabel(action: ReminderAction, { targets }: Pick<DueReminder, "targets">): string {
  const sites = targets.reduce((sum, target) => sum + target.receipts.length, 0);
  switch (action) {
    case "start":
      return t("Start");
    case "extend":
      return extendLabel();
    case "bring-back":
      return sites > 1 ? t("Bring back {count} sites", { count: sites }) : t("Bring back");
  }
}

/** What is shown above this screen: the overview has a banner for each site that is closed. */
export function shownAbove(due: readonly DueReminder[], onOverview: boolean): DueReminder[] {
  return due.filter(({ targets }) => !onOverview || targets.every(({ receipts }) => receipts.length === 0));
}
