/** What only the main process can do for the page, and the screens that it can open. */
import { z } from "zod";
import { command } from "./command.ts";
import { nothing } from "./fields.ts";

/** Screens that menus, the tray and notifications can open. */
export type Destination =
  | { screen: "overview" | "settings" | "schedule" }
  | { screen: "history"; /** Only of this site. */ of?: { serverId: string; site: string } }
  | { screen: "server"; serverId: string; /** A part of it, to begin with. */ at?: "certificates" }
  | { screen: "wizard"; serverId?: string; site?: string }
  | { screen: "progress"; serverId: string; receiptId: string }
  | { screen: "fleet"; operationId: string }
  | { screen: "palette" };

/** Dialogs ask for something; `null` if cancelled. */
export const DESKTOP_COMMANDS = {
  "dialog.folder": command(nothing).returns<string | null>(),
  "dialog.socket": command(nothing).returns<string | null>(),
  "dialog.key-file": command(nothing).returns<string | null>(),
  /** An image as data: URL for the built-in page. */
  "dialog.logo": command(nothing).returns<string | null>(),
  "clipboard.write": command(z.strictObject({ text: z.string().max(1_000_000) })).returns<null>(),
  /** Opens it in the browser; only the user's own sites, over https. */
  "link.open": command(z.strictObject({ url: z.url() })).returns<null>(),
};
