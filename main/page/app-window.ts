/** The one window and where it stood last. */
import { BrowserWindow, nativeTheme, screen } from "electron";
import { PAGE_ORIGIN } from "./page-security.ts";
import type { OpenDocument } from "../stores/document.ts";
import type { WindowState } from "../stores/window-state.ts";
import { messageOf } from "../failures.ts";
import { SMALLEST, placeWindow } from "./window-bounds.ts";

export interface WindowOptions {
  preload: string;
  icon: string;
  state: OpenDocument<WindowState>;
  log: (line: string) => void;
}

/**
 * The only place that makes a window. Its page gets no Node, no other process's memory and no web
 * features it does not need.
 */
export function makeWindow({ preload, icon, state, log }: WindowOptions): BrowserWindow {
  const window = new BrowserWindow({
    ...placeWindow(
      state.value.bounds,
      screen.getAllDisplays().map(({ workArea }) => workArea),
    ),
    minWidth: SMALLEST.width,
    minHeight: SMALLEST.height,
    title: "Backsoon",
    icon,
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? "#14161a" : "#f6f7f9",
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      safeDialogs: true,
      disableBlinkFeatures: "Auxclick",
      spellcheck: false,
    },
  });

  // The last thing that is known for sure: on "close" the bounds still are those of the open
  // window.
  window.on("close", () => {
    try {
      state.save({ bounds: window.getNormalBounds(), maximized: window.isMaximized() });
    } catch (error) {
      log(`the window's position was not stored: ${messageOf(error)}`);
    }
  });
  window.webContents.on("render-process-gone", (_event, { reason, exitCode }) => {
    log(`the page's process ended (${reason}, ${exitCode})`);
    // The state lives in main; a fresh page shows it again. An intended end (`clean-exit`) and one
    // for want of memory would only repeat.
    if (reason === "crashed") window.webContents.reload();
  });
  return window;
}

/**
 * Loads the page and shows the window once there is something to see. @param hidden start in the
 * tray.
 */
export async function showPage(
  window: BrowserWindow,
  { maximized, hidden }: { maximized: boolean; hidden: boolean },
): Promise<void> {
  if (!hidden)
    window.once("ready-to-show", () => {
      if (maximized) window.maximize();
      else window.show();
    });
  try {
    await window.loadURL(`${PAGE_ORIGIN}/index.html`);
  } catch (error) {
    // Somebody has closed it in the meantime.
    if (!window.isDestroyed()) throw error;
  }
}
