/**
 * Makes a configuration of that of another web server, with a report on each of its directives.
 * What comes out can serve, always: what cannot be expressed here is left out or closed.
 */
import type { Config } from "../../contract/config.ts";
import { importApache } from "./apache/import.ts";
import { importCaddy } from "./caddy/import.ts";
import { importCherokee } from "./cherokee/import.ts";
import type { Draft } from "./document/draft.ts";
import { finish } from "./document/finish.ts";
import { importNginx } from "./nginx/import.ts";
import { reportPasswordFiles } from "./document/password-files.ts";
import type { ReportLine } from "./document/report.ts";
import type { ImportFault, Surroundings } from "./document/surroundings.ts";

export const FORMATS = ["cherokee", "nginx", "caddy", "apache"] as const;
export type Format = (typeof FORMATS)[number];

export type Imported = { ok: true; config: Config; report: ReportLine[] } | ImportFault;

type Import = (file: string, text: string, surroundings: Surroundings) => { ok: true; draft: Draft } | ImportFault;

const IMPORTS: Readonly<Record<Format, Import>> = {
  cherokee: importCherokee,
  nginx: importNginx,
  caddy: importCaddy,
  apache: importApache,
};

/** @param file Its path, for the report and for names that are relative to it. */
export function importConfig(format: Format, file: string, text: string, surroundings: Surroundings): Imported {
  const made = IMPORTS[format](file, text, surroundings);
  if (!made.ok) return made;
  const config = finish(made.draft);
  reportPasswordFiles(made.draft, surroundings);
  return { ok: true, config, report: made.draft.report.lines() };
}

/** What the text looks like; undefined where several are possible, or none. */
export function guessFormat(text: string): Format | undefined {
  const looks: Readonly<Record<Format, RegExp>> = {
    cherokee: /^[ \t]*(?:vserver|server|source)![^\s=]+ = /m,
    nginx: /^(?:# configuration file \/.*:|[ \t]*(?:http|server|events)[ \t\n]*\{)/m,
    caddy: /^\s*\{\s*"(?:apps|admin|logging|storage)"/,
    apache: /^[ \t]*(?:<VirtualHost\b|ServerRoot\b|DocumentRoot\b|LoadModule\b)/im,
  };
  const fitting = FORMATS.filter((format) => looks[format].test(text));
  return fitting.length === 1 ? fitting[0] : undefined;
}
