/** Composition root of the desktop app: makes the parts, connects them, and ends them in order. */
import { Notification, app, clipboard, dialog, powerMonitor, session, shell } from "electron";
import os from "node:os";
import path from "node:path";
import { EXTENSION_MINUTES } from "./contract/shared/extension.ts";
import { registerAppScheme, serveAppScheme } from "./page/app-protocol.ts";
import { initialState } from "./state/app-state.ts";
import { chooseFolder, chooseKeyFile, chooseLogo, chooseSocket, openText, saveText } from "./desktop/dialogs.ts";
import { externalTarget } from "./page/external-link.ts";
import { done, failed, messageOf } from "./failures.ts";
import { Fleet } from "./fleet/fleet.ts";
import { shown } from "./fleet/operation.ts";
import type { Destination } from "./contract/desktop.ts";
import type { Result } from "./contract/failures.ts";
import { type Services, bringBack, ipcHandlers } from "./ipc/handlers.ts";
import { openIpcRouter } from "./ipc/router.ts";
import { openLog } from "./log.ts";
import { HIDDEN_SWITCH } from "./desktop/login-item.ts";
import { setMenu } from "./desktop/menu.ts";
import { noticeTroubles } from "./state/notices.ts";
import { PracticeServer } from "./practice/practice-server.ts";
import { Preferences } from "./state/preferences.ts";
import { PreviewStore } from "./page/preview-store.ts";
import { programPaths } from "./practice/program-paths.ts";
import { Prompts } from "./ssh/prompts.ts";
import { lockEveryContents, lockSession } from "./page/security.ts";
import { desktopNotifications } from "./reminders/desktop-notifications.ts";
import { electronNotifications } from "./reminders/electron-notifications.ts";
import { firstOf } from "./reminders/notifications.ts";
import { Reminding } from "./reminders/reminding.ts";
import { Servers } from "./servers/servers.ts";
import { WatchedRequests } from "./servers/watched-requests.ts";
import { HostKeyStore } from "./host-keys/host-key-store.ts";
import { Remotes } from "./ssh/remotes.ts";
import { localAccount } from "./ssh-config/ssh-config-files.ts";
import { openSecrets } from "./ssh/secrets.ts";
import { systemKeychain } from "./ssh/system-keychain.ts";
import { AgentPrograms } from "./install/agent-program.ts";
import { Visits } from "./install/visits.ts";
import { StateStore } from "./state/state-store.ts";
import { openDocuments } from "./stores/documents.ts";
import { electronFiles } from "./stores/electron-file.ts";
import { hasTrayHost } from "./desktop/tray-host.ts";
import { type RunningMaintenance, trayModel } from "./desktop/tray-model.ts";
import { openTray } from "./desktop/tray.ts";
import { makeWindow, showPage } from "./page/app-window.ts";
import { Occurrences } from "./windows/occurrences.ts";
import { PlannedWindows } from "./windows/planned-windows.ts";
import { Undos } from "./windows/undos.ts";
import { WindowGroup } from "./windows/window-group.ts";

/** `dist/app`, in the packaged app inside the archive. */
const appFolder = path.join(import.meta.dirname, "..");
const SHUTDOWN_TIMEOUT_MS = 12_000;

async function start(): Promise<void> {
  const userData = app.getPath("userData");
  const log = openLog(path.join(userData, "logs"), !app.isPackaged);
  log(`Backsoon ${app.getVersion()}, Electron ${process.versions.electron}, ${process.platform} ${process.arch}`);
  process.on("unhandledRejection", (reason) =>
    log(`unhandled: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`),
  );

  lockEveryContents(app, log);
  const trayHost = hasTrayHost();
  await app.whenReady();
  lockSession(session.defaultSession, log);
  const previews = new PreviewStore();
  serveAppScheme(session.defaultSession, path.join(appFolder, "renderer"), previews, log);

  // What is remembered.
  const documents = openDocuments(os.userInfo().username, userData, electronFiles(userData), new Date());
  const { electron, chrome, node } = process.versions;
  const store = new StateStore(
    initialState(
      { version: app.getVersion(), electron, chrome, node, platform: process.platform, packaged: app.isPackaged },
      documents.settings.value,
    ),
  );
  noticeTroubles(store, documents);

  // What the app does.
  const preferences = new Preferences(app, documents.settings, store);
  const prompts = new Prompts(store);
  const secrets = openSecrets(systemKeychain, (keychain) => store.set("keychain", keychain));
  const remotes = new Remotes({
    prompts,
    secrets,
    hostKeys: new HostKeyStore(documents.hostKeys),
    account: localAccount(),
  });
  const servers = new Servers(documents.servers, store, (profile) => remotes.connector(profile));
  const requests = new WatchedRequests(servers, store);
  const fleet = new Fleet({
    document: documents.operations,
    call: (serverId, name, given) => servers.call(serverId, name, given),
    nameOf: (serverId) => store.state.servers.find(({ profile }) => profile.id === serverId)?.profile.name,
    author: () => store.state.settings.author,
    report: (operations) => store.set("operations", operations.map(shown)),
    log,
  });
  const group = new WindowGroup({
    call: (serverId, name, given) => servers.call(serverId, name, given),
    nameOf: (serverId) => store.state.servers.find(({ profile }) => profile.id === serverId)?.profile.name,
    author: () => store.state.settings.author,
    log,
  });
  const undos = new Undos(documents.undos, group, log);
  servers.onConnected((serverId) => void fleet.observe(serverId));
  powerMonitor.on("resume", () => {
    reminding.wake();
    servers.retryAll();
  });
  const programs = programPaths(app.isPackaged, app.isPackaged ? process.resourcesPath : path.join(appFolder, ".."));
  const visits = new Visits(remotes, prompts, store, new AgentPrograms(programs));
  const practice = new PracticeServer(programs, servers, store, log);
  const openLink = async (url: string): Promise<Result<null>> => {
    const target = externalTarget(url, store.state);
    if (target === undefined)
      return failed("ipc.input", `${url} is not opened from here. Links lead to your own sites over https.`);
    await shell.openExternal(target);
    return done(null);
  };

  // The window; it is made once and hidden, not closed, while there is a tray.
  const window = makeWindow({
    preload: path.join(appFolder, "preload.cjs"),
    icon: path.join(appFolder, "assets", "icon.png"),
    state: documents.window,
    log,
  });
  // What watched has gone with its page.
  window.webContents.on("did-navigate", () => requests.watch([]));
  window.webContents.on("render-process-gone", () => requests.watch([]));
  let quitting = false;
  const reveal = (): void => {
    if (window.isDestroyed()) return;
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  };
  const go = (destination: Destination): void => {
    reveal();
    router.go(destination);
  };
  const electronOnly = electronNotifications();
  const reminding = new Reminding({
    store,
    document: documents.reminded,
    servers,
    notifications: process.platform === "linux" ? firstOf([desktopNotifications(log), electronOnly]) : electronOnly,
    go,
    desktop: `desktop:${os.userInfo().username}@${os.hostname()}`.slice(0, 200),
    log,
  });
  const services: Services = {
    state: () => store.state,
    servers,
    requests,
    fleet,
    windows: new PlannedWindows(group, undos),
    occurrences: new Occurrences(group, undos),
    undos,
    remotes,
    visits,
    prompts,
    practice,
    previews,
    reminding,
    updateSettings: (change) => preferences.update(change),
    dismissNotice: (id) => store.dispatch({ type: "notice-dismissed", id }),
    saveText: (kind, text) => saveText(window, kind, text),
    openText: (kind) => openText(window, kind),
    chooseFolder: () => chooseFolder(window),
    chooseKeyFile: () => chooseKeyFile(window),
    chooseSocket: () => chooseSocket(window),
    chooseLogo: () => chooseLogo(window),
    copy: (text) => void clipboard.writeText(text),
    openLink,
  };
  const router = openIpcRouter(
    ipcHandlers(services),
    () => (window.isDestroyed() ? undefined : window.webContents),
    log,
  );
  store.onPatch((patch) => router.push(patch));

  const bringBackFromTray = async ({ serverId, receiptId, label }: RunningMaintenance): Promise<void> => {
    const reverted = await bringBack(services, serverId, receiptId, "delete");
    if (!reverted.ok)
      dialog.showErrorBox(`${label}: not brought back`, `${reverted.failure.message} (${reverted.failure.code})`);
    go({ screen: "progress", serverId, receiptId });
  };
  const extendFromTray = async ({ serverId, window: id, label }: RunningMaintenance): Promise<void> => {
    if (id === undefined) return;
    const body = { minutes: EXTENSION_MINUTES, author: store.state.settings.author };
    const extended = await servers.call(serverId, "extendWindow", { params: { id }, body });
    if (!extended.ok)
      dialog.showErrorBox(`${label}: not extended`, `${extended.failure.message} (${extended.failure.code})`);
  };
  const tray = (await trayHost)
    ? openTray({
        pictures: path.join(appFolder, "assets", "tray"),
        state: () => store.state,
        open: (destination) => (destination === undefined ? reveal() : go(destination)),
        bringBack: (running) => void bringBackFromTray(running),
        extend: (running) => void extendFromTray(running),
        quit: () => app.quit(),
      })
    : undefined;
  if (tray !== undefined) store.onPatch(() => tray.refresh());
  setMenu({ developing: !app.isPackaged, go });

  const explainTray = (): void => {
    if (preferences.value.trayExplained) return;
    if (Notification.isSupported())
      new Notification({
        title: "Backsoon is still here",
        body: "It stays in the panel and keeps an eye on your servers. Quit it from its icon there.",
      }).show();
    try {
      preferences.update({ trayExplained: true });
    } catch (error) {
      log(`it will be explained again: ${messageOf(error)}`);
    }
  };

  // From here to the end of the process.
  let ended = false;
  const shutDown = async (): Promise<void> => {
    const late = new Promise<void>((resolve) => setTimeout(resolve, SHUTDOWN_TIMEOUT_MS));
    await Promise.race([practice.stop().then(() => undefined), late]);
    visits.close();
    servers.close();
    reminding.close();
    tray?.close();
    log("ended");
  };
  app.on("before-quit", () => {
    quitting = true;
  });
  app.on("will-quit", (event) => {
    if (ended) return;
    event.preventDefault();
    void shutDown().finally(() => {
      ended = true;
      // Not from within this event: Electron would take it for part of the quit that was just
      // prevented, and do nothing.
      setImmediate(() => app.quit());
    });
  });
  app.on("window-all-closed", () => app.quit());
  app.on("second-instance", reveal);
  app.on("activate", reveal);

  window.on("close", (event) => {
    if (tray === undefined || quitting) return;
    event.preventDefault();
    window.hide();
    explainTray();
  });
  const title = (): void => {
    const { running, summary } = trayModel(store.state, Date.now());
    if (!window.isDestroyed()) window.setTitle(running.length > 0 ? `${summary} – Backsoon` : "Backsoon");
  };
  window.on("page-title-updated", (event) => event.preventDefault());
  store.onPatch(title);
  // The Dock on macOS, and launchers on Linux that know Unity's way; elsewhere nothing has a place
  // for it.
  store.onPatch((patch) => {
    if (patch.part === "due") app.setBadgeCount(patch.value.filter(({ acts }) => acts.length > 0).length);
  });
  await showPage(window, {
    maximized: documents.window.value.maximized,
    hidden: tray !== undefined && process.argv.includes(HIDDEN_SWITCH),
  });
}

// These have an effect only before Electron is ready.
if (app.requestSingleInstanceLock()) {
  // As root, where tests and containers run, Chromium has no sandbox and must be told so on the
  // command line; this call would take that back and nothing would start.
  if (!app.commandLine.hasSwitch("no-sandbox")) app.enableSandbox();
  registerAppScheme();
  start().catch((error: unknown) => {
    dialog.showErrorBox("Backsoon could not start", error instanceof Error ? error.message : String(error));
    app.exit(1);
  });
} else {
  app.quit();
}
