/** The application menu. */
import { t } from "../language/translate.ts";
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
    label: t("Settings…"),
    accelerator: "CmdOrCtrl+,",
    click: () => go({ screen: "settings" }),
  };
  const screens: [string, Destination][] = [
    [t("Overview"), { screen: "overview" }],
    [t("Schedule"), { screen: "schedule" }],
    [t("History"), { screen: "history" }],
  ];
  const template: MenuItemConstructorOptions[] = [
    ...(mac ? [appMenu(quit)] : []),
    {
      label: t("&File"),
      submenu: [
        { label: t("Put Site in Maintenance…"), accelerator: "CmdOrCtrl+N", click: () => go({ screen: "wizard" }) },
        { label: t("Find Anything…"), accelerator: "CmdOrCtrl+K", click: () => go({ screen: "palette" }) },
        { type: "separator" },
        settings,
        { type: "separator" },
        mac ? { role: "close", label: t("Close Window") } : quitItem(quit),
      ],
    },
    {
      label: t("Edit"),
      submenu: [
        { role: "undo", label: t("Undo") },
        { role: "redo", label: t("Redo") },
        { type: "separator" },
        { role: "cut", label: t("Cut") },
        { role: "copy", label: t("Copy") },
        { role: "paste", label: t("Paste") },
        { role: "delete", label: t("Delete") },
        { type: "separator" },
        { role: "selectAll", label: t("Select All") },
      ],
    },
    {
      label: t("&View"),
      submenu: [
        ...screens.map(([label, destination], index) => ({
          label,
          accelerator: `CmdOrCtrl+${String(index + 1)}`,
          click: () => go(destination),
        })),
        { type: "separator" },
        { role: "resetZoom", label: t("Actual Size") },
        { role: "zoomIn", label: t("Zoom In") },
        { role: "zoomOut", label: t("Zoom Out") },
        { type: "separator" },
        { role: "togglefullscreen", label: t("Toggle Full Screen") },
        ...(developing ? ([{ type: "separator" }, { role: "reload" }, { role: "toggleDevTools" }] as const) : []),
      ],
    },
    {
      role: "window",
      label: t("Window"),
      submenu: [
        { role: "minimize", label: t("Minimize") },
        { role: "zoom", label: t("Zoom") },
        mac ? { role: "front", label: t("Bring All to Front") } : { role: "close", label: t("Close") },
      ],
    },
    { role: "help", label: t("Help"), submenu: [{ role: "about", label: t("About Backsoon") }] },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

function quitItem(quit: () => void): MenuItemConstructorOptions {
  return { label: t("Quit"), accelerator: "CmdOrCtrl+Q", click: quit };
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
