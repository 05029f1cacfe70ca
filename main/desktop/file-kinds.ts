/** A file of text that people hand to each other. */
import type { PlainMessage } from "../language/translate.ts";

export interface FileKind {
  /** Of the dialogs. */
  exports: PlainMessage;
  imports?: PlainMessage;
  /** What it is called unless the person says otherwise. */
  name: string;
  filters: { name: string; extensions: string[] }[];
}

export const SERVER_LIST: FileKind = {
  exports: "Export the list of servers",
  imports: "Import the list of servers",
  name: "backsoon-servers.json",
  filters: [{ name: "JSON", extensions: ["json"] }],
};
export const CALENDAR: FileKind = {
  exports: "Export the calendar",
  imports: "Import the calendar",
  name: "backsoon.ics",
  filters: [{ name: "iCalendar", extensions: ["ics"] }],
};
export const RECEIPTS = {
  markdown: {
    exports: "Export the receipt",
    name: "maintenance.md",
    filters: [{ name: "Markdown", extensions: ["md"] }],
  },
  json: {
    exports: "Export the receipt",
    name: "maintenance.json",
    filters: [{ name: "JSON", extensions: ["json"] }],
  },
} satisfies Record<string, FileKind>;
