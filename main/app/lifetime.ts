/**
 * How the app ends: what hides instead of closing, what stops before the process ends, and what is
 * said where it cannot go on.
 */
import { t } from "../language/translate.ts";
import { app, dialog } from "electron";
import { closedSitesWords } from "../contract/shared/closed-sites.ts";
import type { AppState } from "../contract/state.ts";
import type { MainWindow } from "./main-window.ts";

const SHUTDOWN_TIMEOUT_MS = 12_000;
/** How long a desktop may take until something can be shown (ms). */
const READY_TIMEOUT_MS = 10_000;

/** To be called before anything can quit the app. @returns whether it is quitting by now */
export function watchQuit(): () => boolean {
  let isQuitting = false;
  app.on("before-quit", () => {
    isQuitting = true;
  });
  return () => isQuitting;
}

/** Says why the app cannot go on, on the terminal and in a box, and ends it with code 1. */
export async function giveUp(title: string, message: string): Promise<void> {
  process.stderr.write(`${title}: ${message}\n`);
  const late = new Promise<void>((resolve) => setTimeout(resolve, READY_TIMEOUT_MS));
  await Promise.race([app.whenReady(), late]);
  // Before, Electron would only repeat it on the terminal.
  if (app.isReady()) dialog.showErrorBox(title, message);
  app.exit(1);
}

/**
 * What a person quits with: asks first while sites are in maintenance, as nobody is reminded of
 * them here any more. The practice server ends with the app, and so do its sites.
 *
 * @returns whether the app quits
 */
export async function quitByPerson({ window }: MainWindow, { servers }: AppState): Promise<boolean> {
  const closed = closedSitesWords(servers.filter(({ profile }) => profile.kind !== "practice"));
  if (closed !== "") {
    const { response } = await dialog.showMessageBox(window, {
      type: "question",
      message: t("In maintenance: {closed}", { closed }),
      detail: t(
        "It stays so until a window ends, or somebody brings it back. This computer reminds nobody while Backsoon is closed.",
      ),
      buttons: [t("Quit"), t("Cancel")],
      defaultId: 0,
      cancelId: 1,
    });
    if (response !== 0) return false;
  }
  app.quit();
  return true;
}

/**
 * @param hidden is called when the window was hidden instead of closed; `undefined` where closing
 *   it ends the app
 * @param quit ends the app as a person wants it
 */
export function hideInsteadOfClosing(
  { window }: MainWindow,
  isQuitting: () => boolean,
  hidden: (() => void) | undefined,
  quit: () => void,
): void {
  window.on("close", (event) => {
    if (isQuitting()) return;
    event.preventDefault();
    if (hidden === undefined) {
      quit();
      return;
    }
    window.hide();
    hidden();
  });
}

/** @param stop what takes a while; @param close the rest, after it or when it takes too long */
export function endInOrder(stop: () => Promise<unknown>, close: () => void): void {
  let isEnded = false;
  const shutDown = async (): Promise<void> => {
    const late = new Promise<void>((resolve) => setTimeout(resolve, SHUTDOWN_TIMEOUT_MS));
    await Promise.race([stop(), late]);
    close();
  };
  app.on("will-quit", (event) => {
    if (isEnded) return;
    event.preventDefault();
    void shutDown().finally(() => {
      isEnded = true;
      // Not from within this event: Electron would take it for part of the quit that was just
      // prevented, and do nothing.
      setImmediate(() => app.quit());
    });
  });
  app.on("window-all-closed", () => app.quit());
}
