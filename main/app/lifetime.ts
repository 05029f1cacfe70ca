/** How the app ends: what hides instead of closing, and what stops before the process ends. */
import { app } from "electron";
import type { MainWindow } from "./main-window.ts";

const SHUTDOWN_TIMEOUT_MS = 12_000;

/**
 * @param hidden is called when the window was hidden instead of closed; `undefined` where closing
 *   it ends the app
 */
export function hideInsteadOfClosing({ window }: MainWindow, hidden: (() => void) | undefined): void {
  let isQuitting = false;
  app.on("before-quit", () => {
    isQuitting = true;
  });
  window.on("close", (event) => {
    if (hidden === undefined || isQuitting) return;
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
