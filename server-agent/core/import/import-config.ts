/**
 * Makes a configuration of that of another web server, with a report on each of its directives.
 * What comes out can serve, always: what cannot be expressed here is left out or closed.
 */
import type { Config } from "../../contract/config.ts";
import type { ImportFormat, ImportLine } from "../../contract/importing/import.ts";
import { importApache } from "./apache/import.ts";
import { importCaddy } from "./caddy/import.ts";
import { importCherokee } from "./cherokee/import.ts";
import type { Draft } from "./document/draft.ts";
import { finish } from "./document/finish.ts";
import { importNginx } from "./nginx/import.ts";
import { reportPasswordFiles } from "./document/password-files.ts";
import type { ImportFault, Surroundings } from "./document/surroundings.ts";

export type Conversion = { ok: true; config: Config; report: ImportLine[] } | ImportFault;

type Import = (file: string, text: string, surroundings: Surroundings) => { ok: true; draft: Draft } | ImportFault;

const IMPORTS: Readonly<Record<ImportFormat, Import>> = {
  cherokee: importCherokee,
  nginx: importNginx,
  caddy: importCaddy,
  apache: importApache,
};

/** @param file Its path, for the report and for names that are relative to it. */
export function importConfig(format: ImportFormat, file: string, text: string, surroundings: Surroundings): Conversion {
  const made = IMPORTS[format](file, text, surroundings);
  if (!made.ok) return made;
  const config = finish(made.draft);
  reportPasswordFiles(made.draft, surroundings);
  return { ok: true, config, report: made.draft.report.lines() };
}
