/** The tray icon and its menu. */
import { t } from "../language/translate.ts";
import { Menu, type MenuItemConstructorOptions, type NativeImage, Tray, nativeImage, nativeTheme } from "electron";
import path from "node:path";
import { extendLabel } from "../contract/shared/extension.ts";
import type { AppState } from "../contract/state.ts";
import type { Destination } from "../contract/desktop.ts";
import { currentLanguage } from "../language/language.ts";
import { type RunningMaintenance, type TrayLook, trayModel } from "./tray-model.ts";

export interface TrayIcon {
  refresh(): void;
  close(): void;
}

export interface TrayActions {
  /** Folder with the tray's pictures. */
  pictures: string;
  state: () => AppState;
  open: (destination?: Destination) => void;
  revert: (running: RunningMaintenance) => void;
  extend: (running: RunningMaintenance) => void;
  quit: () => void;
}

/** Elapsed times are in minutes. */
const REFRESH_INTERVAL_MS = 20_000;

function picture(folder: string, look: TrayLook): NativeImage {
  const shade = nativeTheme.shouldUseDarkColors ? "dark" : "light";
  const file = (size: number) => nativeImage.createFromPath(path.join(folder, `${look}-${shade}-${String(size)}.png`));
  // Linux panels take one picture and mostly show it at 22; the others know about dense displays.
  if (process.platform === "linux") return file(22);
  const image = file(16);
  image.addRepresentation({ scaleFactor: 2, buffer: file(32).toPNG() });
  return image;
}

/** In a menu, an ampersand marks the key that chooses the item. */
function literally(label: string): string {
  return label.replaceAll("&", "&&");
}

/**
 * The icon in the panel: what is in maintenance, since when and until when, with Bring back and
 * Extend; what is next; open, quit.
 */
export function openTray({ pictures, state, open, revert, extend, quit }: TrayActions): TrayIcon {
  const tray = new Tray(picture(pictures, "live"));
  let shown = "";

  const refresh = (): void => {
    const { look, summary, running, more, next } = trayModel(state(), Date.now());
    const now = JSON.stringify([
      look,
      summary,
      running,
      more,
      next,
      nativeTheme.shouldUseDarkColors,
      currentLanguage(),
    ]);
    // A menu that is rebuilt closes under the pointer.
    if (now === shown) return;
    shown = now;
    const item = (one: RunningMaintenance): MenuItemConstructorOptions => ({
      label: literally(one.unsure ? t("{site} (when last seen)", { site: one.label }) : one.label),
      submenu: [
        { label: t("Bring back"), enabled: !one.unsure, click: () => revert(one) },
        { label: extendLabel(), enabled: !one.unsure, click: () => extend(one) },
        {
          label: t("Show"),
          click: () => open({ screen: "progress", serverId: one.serverId, receiptId: one.receiptId }),
        },
      ],
    });
    tray.setImage(picture(pictures, look));
    tray.setToolTip([`Backsoon: ${summary}`, ...(next === undefined ? [] : [t("Next: {next}", { next })])].join("\n"));
    tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: summary, enabled: false },
        { type: "separator" },
        ...running.map(item),
        ...(more > 0 ? [{ label: t("{more} more…", { more }), click: () => open({ screen: "overview" }) }] : []),
        ...(running.length > 0 ? [{ type: "separator" } as const] : []),
        ...(next === undefined
          ? []
          : [
              { label: literally(t("Next: {next}", { next })), click: () => open({ screen: "schedule" }) },
              { type: "separator" } as const,
            ]),
        { label: t("Put site in maintenance…"), click: () => open({ screen: "wizard" }) },
        { label: t("Open Backsoon"), click: () => open() },
        { type: "separator" },
        { label: t("Quit"), click: quit },
      ]),
    );
  };

  tray.on("click", () => open());
  nativeTheme.on("updated", refresh);
  const ticking = setInterval(refresh, REFRESH_INTERVAL_MS);
  refresh();
  return {
    refresh,
    close: () => {
      clearInterval(ticking);
      nativeTheme.off("updated", refresh);
      tray.destroy();
    },
  };
}
