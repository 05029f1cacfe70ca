/** The application menu. */
import { app, Menu, type MenuItemConstructorOptions } from "electron";
import type { Destination } from "../contract/desktop.ts";

export interface MenuActions {
  /** `Reload` and the developer tools are for whoever works on the app. */
  developing: boolean;
  go: (destination: Destination) => void;
  /** Asks first where something would be left alone. */
  quit: () => void;
}

/** The application menu. It also carries the shortcuts, so they work wherever the focus is. */
export function setMenu({ developing, go, quit }: MenuActions): void {
  const mac = process.platform === "darwin";
  const settings: MenuItemConstructorOptions = {
    label: "Settings…",
    accelerator: "CmdOrCtrl+,",
    click: () => go({ screen: "settings" }),
  };
  const screens: [string, Destination][] = [
    ["Overview", { screen: "overview" }],
    ["Schedule", { screen: "schedule" }],
    ["History", { screen: "history" }],
  ];
  const template: MenuItemConstructorOptions[] = [
    ...(mac ? [appMenu(quit)] : []),
    {
      label: "&File",
      submenu: [
        { label: "Put Site in Maintenance…", accelerator: "CmdOrCtrl+N", click: () => go({ screen: "wizard" }) },
        { label: "Find Anything…", accelerator: "CmdOrCtrl+K", click: () => go({ screen: "palette" }) },
        { type: "separator" },
        settings,
        { type: "separator" },
        mac ? { role: "close" } : quitItem(quit),
      ],
    },
    { role: "editMenu" },
    {
      label: "&View",
      submenu: [
        ...screens.map(([label, destination], index) => ({
          label,
          accelerator: `CmdOrCtrl+${String(index + 1)}`,
          click: () => go(destination),
        })),
        { type: "separator" },
        { role: "resetZoom" },
        { role: "zoomIn" },
        { role: "zoomOut" },
        { type: "separator" },
        { role: "togglefullscreen" },
        ...(developing ? ([{ type: "separator" }, { role: "reload" }, { role: "toggleDevTools" }] as const) : []),
      ],
    },
    { role: "windowMenu" },
    { role: "help", submenu: [{ role: "about" }] },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

function quitItem(quit: () => void): MenuItemConstructorOptions {
  return { label: "Quit", accelerator: "CmdOrCtrl+Q", click: quit };
}

/** As the role makes it, with our own way to quit. */
function appMenu(quit: () => void): MenuItemConstructorOptions {
  const separator = { type: "separator" } as const;
  const roles = (["hide", "hideOthers", "unhide"] as const).map((role) => ({ role }));
  return {
    label: app.name,
    submenu: [{ role: "about" }, separator, { role: "services" }, separator, ...roles, separator, quitItem(quit)],
  };
}
