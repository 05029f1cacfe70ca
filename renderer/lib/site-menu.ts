/** What can be done with a site, wherever it is listed: in the overview and on its page. */
import { t } from "../../main/language/translate.ts";
import type { Receipt } from "../../main/contract/agent.ts";
import { isOpen } from "../../main/contract/shared/states.ts";
import { addressesOf } from "./addresses.ts";
import { appState } from "./app-state.svelte.ts";
import { call, failureOf } from "./bridge.ts";
import { planning } from "./planning.svelte.ts";
import { revert } from "./revert.svelte.ts";
import { router } from "./router.svelte.ts";
import { isClosable, type Site } from "./sites.ts";
import { toasts } from "./toasts.svelte.ts";

export interface MenuEntry {
  label: string;
  run: () => void;
  disabled?: boolean;
}

export function siteMenu(site: Site): MenuEntry[] {
  const { serverId, id, receipt } = site;
  const url = addressesOf(site, appState.current.practice).find((address) => address.url !== undefined)?.url;
  return [
    receipt === undefined
      ? { label: t("Put in maintenance…"), run: () => putInMaintenance(site), disabled: !isClosable(site) }
      : {
          label: t("Bring back"),
          run: () => void revert(serverId, receipt.id),
          disabled: site.state === "unknown",
        },
    ...(receipt === undefined
      ? []
      : [
          {
            label: t("Show the maintenance"),
            run: () => router.go({ screen: "progress", serverId, receiptId: receipt.id }),
          },
        ]),
    { label: t("Plan maintenance…"), run: () => planning.begin([site.key]), disabled: site.state === "unknown" },
    { label: t("Open in browser"), run: () => openAddress(url ?? ""), disabled: url === undefined },
    { label: t("Copy address"), run: () => copyText(url ?? "", t("Address copied")), disabled: url === undefined },
    { label: t("History"), run: () => router.go({ screen: "history", of: { serverId, site: id } }) },
    { label: t("Rules"), run: () => router.go({ screen: "site", serverId, site: id, at: "rules" }) },
  ];
}

export function putInMaintenance({ serverId, id }: Pick<Site, "serverId" | "id">): void {
  router.go({ screen: "wizard", serverId, site: id });
}

/** In the system's browser, as far as the app lets it out. */
export function openAddress(url: string): void {
  call("link.open", { url }).catch((error: unknown) => toasts.fail(t("It was not opened"), failureOf(error)));
}

export function copyText(text: string, said: string): void {
  call("clipboard.write", { text }).then(
    () => toasts.say(said),
    (error: unknown) => toasts.fail(t("It was not copied"), failureOf(error)),
  );
}

/** What is on as it happens, what is over as it was. */
export function showReceipt(serverId: string, receipt: Receipt): void {
  router.go({ screen: isOpen(receipt) ? "progress" : "receipt", serverId, receiptId: receipt.id });
}
