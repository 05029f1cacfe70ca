/** What the wizard can start from: the defaults, the last time, or a preset. Pure. */
import { t } from "../../../main/language/translate.ts";
import type { Receipt, Snapshot } from "../../../main/contract/agent.ts";
import { clock } from "../../../main/contract/shared/clock.ts";
import type { Preset } from "../../../main/contract/maintenance.ts";
import { choicesOf, defaultChoices, keptOptions, optionsOfCopycat, type Choices } from "../../maintenance/choices.ts";
import { exceptionsOf, staffHostsOf, type Place } from "../../maintenance/draft.ts";
import { PAGE_WORDS } from "../../../server-agent/core/maintenance/page-words.ts";

export interface Start {
  id: string;
  title: string;
  /** What it stands for, in a few words. */
  detail: string;
  choices: Choices;
  /** It can be removed. */
  preset?: Preset;
}

export const DEFAULTS = "defaults";
/** The page that was kept when the site was brought back: the next time begins with it. */
export const FROM_COPYCAT = "kept";
const LAST = "last";

/** @param now epoch milliseconds */
export function startsFor(
  place: Place,
  snapshot: Pick<Snapshot, "config" | "maintenance"> | null | undefined,
  presets: readonly Preset[],
  now: number,
): Start[] {
  const own = presets.filter(
    ({ site }) => site === null || (site.serverId === place.serverId && site.site === place.site),
  );
  return [
    start(DEFAULTS, t("Defaults"), t("The built-in page"), defaultChoices()),
    ...before(place.site, snapshot, now),
    ...own.map((preset) => ({
      ...start(
        preset.id,
        preset.name,
        preset.site === null ? t("For every site") : t("For this site"),
        choicesOf(preset.options),
      ),
      preset,
    })),
  ];
}

function before(site: string, snapshot: Parameters<typeof startsFor>[1], now: number): Start[] {
  if (snapshot === null || snapshot === undefined) return [];
  const receipts = snapshot.maintenance.filter((receipt) => receipt.site === site && receipt.state === "reverted");
  const last = receipts.toSorted((one, other) => Date.parse(other.startedAt) - Date.parse(one.startedAt))[0];
  const resting = snapshot.config.virtualHosts.find(({ copycatOf }) => copycatOf === site);
  if (resting !== undefined) {
    // Its receipt knows the staff names, too.
    const receipt = receipts.find(({ copycat, revert }) => copycat === resting.id && revert?.how === "demote");
    const options = receipt === undefined ? optionsOfCopycat(resting) : keptOptions(receipt.options);
    return [
      start(
        FROM_COPYCAT,
        t("Kept from last time"),
        receipt === undefined ? resting.id : when(receipt, now),
        choicesOf(options),
      ),
    ];
  }
  return last === undefined
    ? []
    : [start(LAST, t("Same as last time"), when(last, now), choicesOf(keptOptions(last.options)))];
}

function when({ startedAt }: Receipt, now: number): string {
  return t("As at {time}", { time: clock(startedAt, now) });
}

function start(id: string, title: string, from: string, choices: Choices): Start {
  return { id, title, detail: t("{from}: {choices}.", { from, choices: words(choices) }), choices };
}

/** “Back soon”, 2 exceptions, 1 staff domain */
function words(choices: Choices): string {
  const exceptions = exceptionsOf(choices).length;
  const staff = staffHostsOf(choices).length;
  const page =
    choices.response === "files"
      ? choices.root
      : choices.response === "status"
        ? t("status {status}", { status: choices.status })
        : t("“{title}”", { title: choices.title === "" ? PAGE_WORDS[choices.language].title : choices.title });
  return [
    page,
    t("{count, plural, one {# exception} other {# exceptions}}", { count: exceptions }),
    ...(staff === 0 ? [] : [t("{count, plural, one {# staff domain} other {# staff domains}}", { count: staff })]),
  ].join(", ");
}
