/** The app's one window, with what is sent to its page. */
import { app, type BrowserWindow, type WebContents } from "electron";
import { CHANNELS } from "../contract/channels.ts";
import type { Destination } from "../contract/desktop.ts";
import type { StatePatch } from "../contract/state.ts";
import { trayModel } from "../desktop/tray-model.ts";
import { type WindowOptions, makeWindow } from "../page/app-window.ts";
import type { StateStore } from "../state/state-store.ts";

export interface MainWindow {
  window: BrowserWindow;
  /** As it is now; `undefined` once the window is gone. */
  page: () => WebContents | undefined;
  /** Brings the window to the front. */
  reveal: () => void;
  /** The same, with this screen in it. */
  go: (destination: Destination) => void;
}

/** It is made once and hidden, not closed, while there is a tray. */
export function openMainWindow(options: WindowOptions, store: StateStore): MainWindow {
  const window = makeWindow(options);
  const page = () => (window.isDestroyed() ? undefined : window.webContents);
  const reveal = (): void => {
    if (window.isDestroyed()) return;
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  };
  store.onPatch((patch: StatePatch) => page()?.send(CHANNELS.patch, patch));
  showSummary(window, store);
  return {
    window,
    page,
    reveal,
    go: (destination) => {
      reveal();
      page()?.send(CHANNELS.go, destination);
    },
  };
}

/** What is in maintenance, in the title; how much needs an action, on the icon. */
function showSummary(window: BrowserWindow, store: StateStore): void {
  window.on("page-title-updated", (event) => event.preventDefault());
  store.onPatch((patch, state) => {
    const { running, summary } = trayModel(state, Date.now());
    if (!window.isDestroyed()) window.setTitle(running.length > 0 ? `${summary} – Backsoon` : "Backsoon");
    // The Dock on macOS, and launchers on Linux that support Unity's API; elsewhere nothing has a
    // place for it.
    if (patch.part === "due") app.setBadgeCount(patch.value.filter(({ actions }) => actions.length > 0).length);
  });
}
