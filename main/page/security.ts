/** Denies pages what they do not need: permissions, navigation, windows, the network. */
import type { App, Session, WebContents } from "electron";

/** Only the app's own scheme is loaded; `devtools:` serves the developer tools' own window. */
function mayLoad(address: string): boolean {
  return address.startsWith("app://") || address.startsWith("devtools://");
}

/** The session of the page: it has no permissions, makes no requests and saves no files. */
export function lockSession(session: Session, log: (line: string) => void): void {
  // Cameras, notifications, clipboard reading and the rest: whoever asks (request) or looks (check)
  // is told no.
  session.setPermissionRequestHandler((_contents, permission, answer) => {
    log(`refused the permission ${permission}`);
    answer(false);
  });
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  // Whatever gets past the content security policy ends here: the page has no business on any
  // network.
  session.webRequest.onBeforeRequest((details, answer) => {
    const cancel = !mayLoad(details.url);
    if (cancel) log(`refused a request for ${details.url.slice(0, 200)}`);
    answer({ cancel });
  });
  session.on("will-download", (event, item) => {
    event.preventDefault();
    log(`refused a download of ${item.getURL().slice(0, 200)}`);
  });
  // Dictionaries would be fetched from a server.
  session.setSpellCheckerEnabled(false);
}

function lockContents(contents: WebContents, log: (line: string) => void): void {
  const refuse = (what: string) => (event: { preventDefault(): void; url?: string }) => {
    event.preventDefault();
    log(`refused ${what} ${event.url?.slice(0, 200) ?? ""}`);
  };
  // The page never leaves its address: a navigated window would hand `window.bridge` to whatever it
  // shows.
  contents.on("will-navigate", refuse("a navigation to"));
  contents.on("will-redirect", refuse("a redirect to"));
  // Frames may only show previews; what else they are given, the page's policy stops first.
  contents.on("will-frame-navigate", (event) => {
    if (event.isMainFrame || !/^app:\/\/(?:preview|own-page)\//.test(event.url)) refuse("a navigation to")(event);
  });
  contents.on("will-attach-webview", (event) => refuse("a webview")(event));
  contents.setWindowOpenHandler(({ url }) => {
    log(`refused a window for ${url.slice(0, 200)}`);
    return { action: "deny" };
  });
}

/** Holds for every web contents there will ever be, also ones that a bug opens. */
export function lockEveryContents(app: App, log: (line: string) => void): void {
  app.on("web-contents-created", (_event, contents) => lockContents(contents, log));
}
