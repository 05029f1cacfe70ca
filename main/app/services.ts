/** What the page's commands work with: the app's parts, and what only Electron can do. */
import { t } from "../language/translate.ts";
import { clipboard, shell } from "electron";
import type { Result } from "../contract/failures.ts";
import type { AppState } from "../contract/state.ts";
import { chooseFolder, chooseKeyFile, chooseLogo, chooseSocket, openText, saveText } from "../desktop/dialogs.ts";
import { chooseImport } from "../desktop/import-file.ts";
import { chooseOwnPage } from "../desktop/own-page-files.ts";
import { done, failed } from "../failures.ts";
import type { Services } from "../ipc/handlers.ts";
import { externalTarget } from "../page/external-link.ts";
import type { PreviewStore } from "../page/preview-store.ts";
import type { Reminding } from "../reminders/reminding.ts";
import type { StateStore } from "../state/state-store.ts";
import type { MainWindow } from "./main-window.ts";
import type { Parts } from "./parts.ts";

export function servicesOf(
  parts: Parts,
  { window }: MainWindow,
  { store, previews, reminding }: { store: StateStore; previews: PreviewStore; reminding: Reminding },
): Services {
  return {
    ...parts,
    state: () => store.state,
    previews,
    reminding,
    dismissNotice: (id) => store.dispatch({ type: "notice-dismissed", id }),
    saveText: (kind, text) => saveText(window, kind, text),
    openText: (kind) => openText(window, kind),
    chooseFolder: () => chooseFolder(window),
    chooseKeyFile: () => chooseKeyFile(window),
    chooseSocket: () => chooseSocket(window),
    chooseOwnPage: (what) => chooseOwnPage(window, what),
    chooseImport: () => chooseImport(window),
    chooseLogo: () => chooseLogo(window),
    copy: (text) => void clipboard.writeText(text),
    openLink: (url) => openLink(url, store.state),
  };
}

/** Refuses with `ipc.input` what is none of the user's own sites over https. */
async function openLink(url: string, state: AppState): Promise<Result<null>> {
  const target = externalTarget(url, state);
  if (target === undefined)
    return failed("ipc.input", t("{url} was not opened: links open your own sites over https.", { url }));
  await shell.openExternal(target);
  return done(null);
}
