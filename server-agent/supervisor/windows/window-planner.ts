/** What a window would do: checks a draft, and foresees its occurrences. */
import type { Config } from "../../contract/config.ts";
import type { Problem } from "../../contract/errors.ts";
import type { Warning } from "../../contract/maintenance.ts";
import type { WindowDraft, WindowPlan } from "../../contract/windows.ts";
import { nearestName } from "../../core/nearest-name.ts";
import { quote } from "../../core/wording.ts";
import { done, refuse, type Result } from "../../result.ts";
import type { Clock } from "../clock.ts";
import type { Maintenance } from "../maintenance/maintenance.ts";
import { loadCalendar } from "./load-calendar.ts";
import type { WindowBook } from "./window-book.ts";
import { refuseSite } from "./window-refusals.ts";

export interface WindowPlannerParts {
  clock: Clock;
  book: WindowBook;
  maintenance: Maintenance;
  config: () => Config;
}

export class WindowPlanner {
  readonly #parts: WindowPlannerParts;

  constructor(parts: WindowPlannerParts) {
    this.#parts = parts;
  }

  /**
   * What the draft would do; changes nothing. `replaced`: the window that it changes. Refuses with
   * `options.invalid`.
   */
  async plan(draft: WindowDraft, replaced?: string): Promise<Result<WindowPlan>> {
    const checked = await this.#check(draft);
    if (!checked.ok) return checked;
    const { planWindow } = await loadCalendar();
    const foreseen = planWindow(
      draft,
      this.#parts.book.list().filter(({ id }) => id !== replaced),
      this.#parts.clock.now(),
    );
    const [first] = foreseen.occurrences;
    if (first === undefined) {
      const message = "all of it is in the past";
      return refuse("options.invalid", `/start: ${message}`, {
        problems: [{ path: "/start", code: "window.past", message }],
      });
    }
    const warnings: Warning[] = [];
    for (const [index, options] of draft.sites.entries()) {
      const plan = await this.#parts.maintenance.plan({ ...options, until: first.end });
      // A site that is closed now is no obstacle: the window holds on to it.
      if (plan.ok) warnings.push(...plan.value.warnings);
      else if (plan.refusal.code !== "maintenance.already")
        return refuseSite(index, plan.refusal.message, plan.refusal.details.problems ?? []);
    }
    return done({ ...foreseen, warnings });
  }

  async #check(draft: WindowDraft): Promise<Result<undefined>> {
    const { checkWindow } = await loadCalendar();
    const problems = [...checkWindow(draft), ...this.#unknownSites(draft)];
    const [first] = problems;
    return first === undefined
      ? done(undefined)
      : refuse("options.invalid", `${first.path}: ${first.message}`, { problems });
  }

  #unknownSites({ sites }: WindowDraft): Problem[] {
    const ids = this.#parts
      .config()
      .virtualHosts.filter(({ copycatOf }) => copycatOf === undefined)
      .map(({ id }) => id);
    return sites.flatMap(({ site }, index): Problem[] => {
      if (ids.includes(site)) return [];
      const nearest = nearestName(site, ids);
      const message = `there is no site ${quote(site)}; ${nearest === undefined ? "GET /v1/config lists them" : `did you mean ${quote(nearest)}?`}`;
      return [{ path: `/sites/${index}/site`, code: "window.site", message }];
    });
  }
}
