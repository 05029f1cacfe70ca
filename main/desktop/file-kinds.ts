/** A file of text that people hand to each other. */
export interface FileKind {
  /** “the list of servers” */
  what: string;
  /** What it is called unless the person says otherwise. */
  name: string;
  filters: { name: string; extensions: string[] }[];
}

export const SERVER_LIST: FileKind = {
  what: "the list of servers",
  name: "backsoon-servers.json",
  filters: [{ name: "JSON", extensions: ["json"] }],
};
export const CALENDAR: FileKind = {
  what: "the calendar",
  name: "backsoon.ics",
  filters: [{ name: "iCalendar", extensions: ["ics"] }],
};
export const RECEIPTS = {
  markdown: {
    what: "the receipt",
    name: "maintenance.md",
    filters: [{ name: "Markdown", extensions: ["md"] }],
  },
  json: {
    what: "the receipt",
    name: "maintenance.json",
    filters: [{ name: "JSON", extensions: ["json"] }],
  },
} satisfies Record<string, FileKind>;
