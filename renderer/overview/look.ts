/** How the list of sites looks, kept in the settings. */
import type { OverviewLook, Settings } from "../../main/contract/settings.ts";
import { t } from "../../main/language/translate.ts";
import { call, failureOf } from "../lib/bridge.ts";
import { toasts } from "../lib/toasts.svelte.ts";

const FIRST: OverviewLook = { density: "normal", sort: "priority", descending: false };

export function lookOf({ overview }: Pick<Settings, "overview">): OverviewLook {
  return overview ?? FIRST;
}

export function keepLook(overview: OverviewLook): void {
  call("settings.update", { overview }).catch((error: unknown) =>
    toasts.fail(t("The list stays as it was"), failureOf(error)),
  );
}

/**
 * After a click on the head of a column: sorted by it, the other way round, then in order of
 * priority again. Counts begin with the highest.
 */
export function sortedBy(look: OverviewLook, sort: OverviewLook["sort"]): OverviewLook {
  const first = sort === "in-flight" || sort === "rate";
  if (look.sort !== sort) return { ...look, sort, descending: first };
  return look.descending === first ? { ...look, descending: !first } : { ...look, sort: "priority", descending: false };
}
