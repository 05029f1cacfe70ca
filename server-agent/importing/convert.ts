/** Converts the configuration of another web server, as it is on this machine or was sent. */
import type { Imported, ImportRequest } from "../contract/importing/import.ts";
import { guessFormat } from "../core/import/guess-format.ts";
import { importConfig } from "../core/import/import-config.ts";
import { messageOf } from "../log.ts";
import { adaptedCaddyfile } from "./caddyfile.ts";
import { machineWith, textOfFile } from "./machine.ts";

/**
 * `file`: it cannot be read. `format`: which web server it is from is not known. `content`: it is
 * not what it should be, with file and line.
 */
export type Converted =
  { ok: true; imported: Imported } | { ok: false; why: "file" | "format" | "content"; message: string };

export function convert({ path, text, files = [], format }: ImportRequest): Converted {
  const read = text === undefined ? readText(path) : { ok: true as const, text };
  if (!read.ok) return { ok: false, why: "file", message: read.message };
  if (read.text.includes("\0")) return { ok: false, why: "content", message: `${path} is not a text file` };
  const found = format ?? guessFormat(path, read.text);
  if (found === undefined) return { ok: false, why: "format", message: `the format of ${path} is not recognized` };
  const sent = new Map(files.map((file) => [file.path, file.text]));
  if (text !== undefined) sent.set(path, text);
  const isAdapted = found !== "caddy" || /^\s*\{\s*"/.test(read.text);
  const given = isAdapted ? read : adaptedCaddyfile(path, sent);
  if (!given.ok) return { ok: false, why: "content", message: given.message };
  const made = importConfig(found, path, given.text, machineWith(sent));
  if (!made.ok) return { ok: false, why: "content", message: `${made.file}:${String(made.line)}: ${made.message}` };
  return { ok: true, imported: { format: found, config: made.config, report: made.report } };
}

function readText(path: string): { ok: true; text: string } | { ok: false; message: string } {
  try {
    return { ok: true, text: textOfFile(path) };
  } catch (failure) {
    return { ok: false, message: `cannot read ${path}: ${messageOf(failure)}` };
  }
}
