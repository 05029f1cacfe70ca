/** How what is due is shown: its word, its colour, its buttons. */
import type { DueReminder, ReminderAction } from "../../main/contract/reminders.ts";
import { EXTEND_LABEL } from "../../main/contract/shared/extension.ts";
import type { SiteState } from "../lib/sites.ts";

const PILLS: Record<DueReminder["kind"], { state: SiteState; label: string }> = {
  ahead: { state: "draining", label: "Soon" },
  start: { state: "draining", label: "Action needed" },
  "end-ahead": { state: "maintenance", label: "Ends soon" },
  end: { state: "live", label: "Ended" },
  overrun: { state: "failed", label: "Overdue" },
  missed: { state: "failed", label: "Missed" },
  failed: { state: "failed", label: "Not started" },
  "hook-gone": { state: "failed", label: "Not ready" },
  "open-ended": { state: "maintenance", label: "No end time" },
  "not-closed": { state: "failed", label: "Not as planned" },
  lost: { state: "unknown", label: "Unreachable" },
};

export function pillOf({ kind }: Pick<DueReminder, "kind">): { state: SiteState; label: string } {
  return PILLS[kind];
}

const WORDS: Record<ReminderAction, string> = { start: "Start", extend: EXTEND_LABEL, "bring-back": "Bring back" };

/** `Bring back`, or `Bring back 3 sites` where one press does more than the title may say. */
export function actionLabel(action: ReminderAction, { targets }: Pick<DueReminder, "targets">): string {
  const sites = targets.reduce((sum, target) => sum + target.receipts.length, 0);
  return action === "bring-back" && sites > 1 ? `${WORDS[action]} ${sites} sites` : WORDS[action];
}

/** What is shown above this screen: the overview has a banner for each site that is closed. */
export function shownAbove(due: readonly DueReminder[], onOverview: boolean): DueReminder[] {
  return due.filter(({ targets }) => !onOverview || targets.every(({ receipts }) => receipts.length === 0));
}
