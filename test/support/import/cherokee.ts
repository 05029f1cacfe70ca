/** Imports of `cherokee.conf`, on a machine with the files that are given. */
import type { Config } from "../../../server-agent/contract/config.ts";
import type { ImportLine } from "../../../server-agent/contract/importing/import.ts";
import { importConfig } from "../../../server-agent/core/import/import-config.ts";
import { machineWith } from "./surroundings.ts";

interface ImportedConfig {
  readonly config: Config;
  readonly report: ImportLine[];
}

export function imported(text: string, files: Readonly<Record<string, string>> = {}): ImportedConfig {
  const made = importConfig("cherokee", "/etc/cherokee.conf", text, machineWith(files));
  if (!made.ok) throw new Error(`${String(made.line)}: ${made.message}`);
  return made;
}

/** Rules of a virtual server whose lines are these, without its number. */
export function rules(...lines: string[]): { rules: Config["virtualHosts"][number]["rules"]; report: ImportLine[] } {
  const own = lines.map((line) => (/^(?:source|server)!/.test(line) ? line : `vserver!1!rule!${line}`));
  const { config, report } = imported(["vserver!1!document_root = /srv", ...own].join("\n"));
  return { rules: config.virtualHosts[0]?.rules ?? [], report };
}

/** A line by a part of its text: what became of it, and what is said of that. */
export function said(report: readonly ImportLine[], text: string): { outcome: string; notes: string } | undefined {
  const line = report.find((each) => each.text.includes(text));
  return line && { outcome: line.outcome, notes: line.notes.join("; ") };
}

export const DEFAULT = ["1!match = default", "1!handler = common"];
export const FILES = { type: "common", root: "/srv", index: ["index.html"] };
export const CLOSED = { type: "error", status: 403 };
