/**
 * Bringing sites back, one click from wherever a site in maintenance is shown, and the way back
 * from that.
 */
import { SvelteMap } from "svelte/reactivity";
import type { Failure } from "../../main/contract/failures.ts";
import type { Receipt } from "../../main/contract/agent.ts";
import { t } from "../../main/language/translate.ts";
import { appState } from "./app-state.svelte.ts";
import { call, failureOf } from "./bridge.ts";
import { milliseconds } from "./format.ts";
import { router } from "./router.svelte.ts";
import { hostName, type Site } from "./sites.ts";
import { toasts, type ToastAction } from "./toasts.svelte.ts";

interface Attempt {
  busy: boolean;
  failure: Failure | undefined;
}

const attempts = new SvelteMap<string, Attempt>();

export function attemptOf(receiptId: string): Attempt | undefined {
  return attempts.get(receiptId);
}

/** Resolves to whether the site is back; a failure is kept and shown where the receipt is. */
export async function revert(
  serverId: string,
  receiptId: string,
  how: "delete" | "demote" = "delete",
): Promise<boolean> {
  const receipt = await requestRevert(serverId, receiptId, how);
  if (receipt === undefined) return false;
  toasts.say(t("{site} is live again", { site: nameOf(serverId, receipt) }), {
    detail: switchedIn(receipt),
    holds: () => !isClosedAgain(serverId, receipt),
    actions: [
      maintainAgainAction(serverId, receipt),
      { label: t("Details"), run: () => router.go({ screen: "progress", serverId, receiptId }) },
    ],
  });
  return true;
}

/** Brings several back at once and says it once. What failed is shown at each site's banner. */
export async function revertAll(sites: readonly Site[]): Promise<void> {
  const open = sites.flatMap(({ serverId, receipt }) =>
    receipt === undefined ? [] : [{ serverId, receiptId: receipt.id }],
  );
  const done = await Promise.all(open.map(({ serverId, receiptId }) => requestRevert(serverId, receiptId, "delete")));
  const back = done.filter((receipt) => receipt !== undefined).length;
  const stuck = open.length - back;
  if (back > 0) {
    toasts.say(t("{back, plural, one {# site is} other {# sites are}} live again", { back }), {
      ...(stuck === 0
        ? {}
        : { detail: t("{stuck} could not be brought back; the reason is shown with each.", { stuck }) }),
      actions: [{ label: t("History"), run: () => router.go({ screen: "history" }) }],
      holds: () => !sites.some(({ serverId, receipt }) => receipt !== undefined && isClosedAgain(serverId, receipt)),
    });
  }
}

async function requestRevert(
  serverId: string,
  receiptId: string,
  how: "delete" | "demote",
): Promise<Receipt | undefined> {
  if (attempts.get(receiptId)?.busy === true) return undefined;
  attempts.set(receiptId, { busy: true, failure: undefined });
  try {
    const receipt = await call("maintenance.revert", { serverId, receiptId, how });
    attempts.delete(receiptId);
    return receipt;
  } catch (error) {
    attempts.set(receiptId, { busy: false, failure: failureOf(error) });
    return undefined;
  }
}

function maintainAgainAction(serverId: string, receipt: Receipt): ToastAction {
  return { label: t("Put back in maintenance"), run: () => void maintainAgain(serverId, receipt) };
}

/** The same maintenance once more, unless somebody changed the configuration since. */
async function maintainAgain(serverId: string, { options, site, revert: made, generation }: Receipt): Promise<void> {
  try {
    const receipt = await call("maintenance.start", {
      serverId,
      options: { ...options, author: appState.current.settings.author },
      ifGeneration: made?.generation ?? generation,
    });
    router.go({ screen: "progress", serverId, receiptId: receipt.id });
  } catch (error) {
    toasts.fail(t("The site stays live"), failureOf(error), [
      { label: t("Open the wizard"), run: () => router.go({ screen: "wizard", serverId, site }) },
    ]);
  }
}

/** Another maintenance of its site has begun since. */
function isClosedAgain(serverId: string, { id, site }: Pick<Receipt, "id" | "site">): boolean {
  const { maintenance = [] } = appState.server(serverId)?.snapshot ?? {};
  return maintenance.some((other) => other.site === site && other.id !== id && other.state === "in-maintenance");
}

function nameOf(serverId: string, receipt: Receipt): string {
  const virtualHost = appState.server(serverId)?.snapshot?.config.virtualHosts.find(({ id }) => id === receipt.site);
  return hostName(virtualHost?.hosts[0] ?? receipt.site);
}

function switchedIn(receipt: Receipt): string {
  const { revert: made } = receipt;
  const { switchMs } = made ?? receipt;
  const time = switchMs === undefined ? t("Switched.") : t("Switched in {time}.", { time: milliseconds(switchMs) });
  if (made?.exact === true) return `${time} ${t("The configuration is what it was before.")}`;
  return made?.how === "demote"
    ? `${time} ${t("Its page is kept: the next maintenance starts from it.")}`
    : `${time} ${t("Other changes made meanwhile stay.")}`;
}
