/**
 * How the app ends: what hides instead of closing, what stops before the process ends, and what is
 * said where it cannot go on.
 */
import { app, dialog } from "electron";
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
 * @param hidden is called when the window was hidden instead of closed; `undefined` where closing
 *   it ends the app
 */
export function hideInsteadOfClosing(
  { window }: MainWindow,
  isQuitting: () => boolean,
  hidden: (() => void) | undefined,
): void {
  window.on("close", (event) => {
    if (hidden === undefined || isQuitting()) return;
    event.preventDefault();
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
