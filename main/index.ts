/** Composition root of the desktop app: makes the parts, connects them, and ends them in order. */
import { t } from "./language/translate.ts";
import { app, powerMonitor, session } from "electron";
import os from "node:os";
import path from "node:path";
import { explainTray, openAppTray } from "./app/app-tray.ts";
import { endInOrder, giveUp, hideInsteadOfClosing, quitByPerson, watchQuit } from "./app/lifetime.ts";
import { openMainWindow } from "./app/main-window.ts";
import { openParts } from "./app/parts.ts";
import { openReminding } from "./app/reminding.ts";
import { servicesOf } from "./app/services.ts";
import { chooseAppLanguage } from "./desktop/app-language.ts";
import { HIDDEN_SWITCH } from "./desktop/login-item.ts";
import { setMenu } from "./desktop/menu.ts";
import { hasTrayHost } from "./desktop/tray-host.ts";
import { ipcHandlers } from "./ipc/handlers.ts";
import { openIpcRouter } from "./ipc/router.ts";
import { messageOf } from "./failures.ts";
import { openLog } from "./log.ts";
import { registerAppScheme, serveAppScheme } from "./page/app-protocol.ts";
import { showPage } from "./page/app-window.ts";
import { PreviewStore } from "./page/preview-store.ts";
import { lockEveryContents, lockSession } from "./page/security.ts";
import { programPaths } from "./practice/program-paths.ts";
import { nginxProgram } from "./practice/practice-nginx.ts";
import { initialState } from "./state/app-state.ts";
import { noticeTroubles } from "./state/notices.ts";
import { StateStore } from "./state/state-store.ts";
import { dataFolderProblem } from "./stores/data-folder.ts";
import { openDocuments } from "./stores/documents.ts";
import { electronFiles } from "./stores/electron-file.ts";

/** `dist/app`, in the packaged app inside the archive. */
const appFolder = path.join(import.meta.dirname, "..");
const userData = app.getPath("userData");

async function start(isQuitting: () => boolean): Promise<void> {
  const log = openAppLog();
  lockEveryContents(app, log);
  const trayHost = hasTrayHost();
  await app.whenReady();
  lockSession(session.defaultSession, log);
  const previews = new PreviewStore();
  serveAppScheme(session.defaultSession, path.join(appFolder, "renderer"), previews, log);

  const account = { author: os.userInfo().username, folder: userData, write: electronFiles(userData) };
  const documents = openDocuments(account, new Date(), ({ language }) => chooseAppLanguage(language));
  const store = new StateStore(initialState(appInfo(), documents.settings.value));
  noticeTroubles(store, documents);

  const programs = programPaths(app.isPackaged, app.isPackaged ? process.resourcesPath : path.join(appFolder, ".."));
  const parts = openParts(documents, store, programs, log);
  const { servers, requests, visits, practice, preferences, publicProofs } = parts;

  const preload = path.join(appFolder, "preload.cjs");
  const icon = path.join(appFolder, "assets", "icon.png");
  const main = openMainWindow({ preload, icon, state: documents.window, log }, store);
  const { window, page, reveal, go } = main;
  const reminding = openReminding(documents.reminded, servers, store, go, log);
  openIpcRouter(ipcHandlers(servicesOf(parts, main, { store, previews, reminding })), page, log);
  const quit = (): void => void quitByPerson(main, store.state);
  const pictures = path.join(appFolder, "assets", "tray");
  const tray = (await trayHost) ? openAppTray(pictures, store, servers, main, quit) : undefined;
  const showMenu = () => setMenu({ developing: !app.isPackaged, go, quit });
  showMenu();
  preferences.onLanguage(() => {
    showMenu();
    tray?.refresh();
    // Why a server does not answer is said anew.
    servers.retryAll();
    // The page first gets its reply.
    setImmediate(() => page()?.reload());
  });

  // What watched requests has gone with its page.
  window.webContents.on("did-navigate", () => requests.watch([]));
  window.webContents.on("render-process-gone", () => requests.watch([]));
  powerMonitor.on("resume", () => {
    reminding.wake();
    servers.retryAll();
  });
  app.on("second-instance", reveal);
  app.on("activate", reveal);
  hideInsteadOfClosing(main, isQuitting, tray === undefined ? undefined : () => explainTray(preferences, log), quit);
  endInOrder(
    () => practice.stop(),
    () => {
      visits.close();
      publicProofs.close();
      servers.close();
      reminding.close();
      tray?.close();
      log("ended");
    },
  );
  await showPage(window, {
    maximized: documents.window.value.maximized,
    hidden: tray !== undefined && process.argv.includes(HIDDEN_SWITCH),
  });
}

function openAppLog(): (line: string) => void {
  const log = openLog(path.join(userData, "logs"), !app.isPackaged);
  log(`Backsoon ${app.getVersion()}, Electron ${process.versions.electron}, ${process.platform} ${process.arch}`);
  process.on("unhandledRejection", (reason) =>
    log(`unhandled: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`),
  );
  return log;
}

function appInfo() {
  const { electron, chrome, node } = process.versions;
  const { platform } = process;
  return {
    version: app.getVersion(),
    electron,
    chrome,
    node,
    platform,
    packaged: app.isPackaged,
    hasNginx: nginxProgram() !== undefined,
  };
}

// What is wrong with the settings is told in the system's language.
chooseAppLanguage("system");
const isQuitting = watchQuit();
const problem = dataFolderProblem(userData);
// These have an effect only before Electron is ready. The lock is refused, too, where it cannot be
// written.
if (problem !== undefined) {
  void giveUp(t("Backsoon cannot start"), problem);
} else if (app.requestSingleInstanceLock()) {
  // As root, where tests and containers run, Chromium has no sandbox and must be told so on the
  // command line; this call would take that back and nothing would start.
  if (!app.commandLine.hasSwitch("no-sandbox")) app.enableSandbox();
  registerAppScheme();
  start(isQuitting).catch((error: unknown) => {
    // A page that is still loading when the app quits fails.
    if (!isQuitting()) void giveUp(t("Backsoon cannot start"), messageOf(error));
  });
} else {
  app.quit();
}
