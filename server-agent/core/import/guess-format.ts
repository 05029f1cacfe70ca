import { IMPORT_FORMATS, type ImportFormat } from "../../contract/importing/import.ts";

const LOOKS: Readonly<Record<ImportFormat, RegExp>> = {
  cherokee: /^[ \t]*(?:vserver|server|source)![^\s=]+ = /m,
  nginx: /^(?:# configuration file \/.*:|[ \t]*(?:http|server|events)[ \t\n]*\{)/m,
  caddy: /^\s*\{\s*"(?:apps|admin|logging|storage)"/,
  apache:
    /^[ \t]*(?:<VirtualHost\b|ServerRoot\b|DocumentRoot\b|LoadModule\b|IncludeOptional\b|<Directory\b|<IfModule\b)/im,
};

/**
 * Which web server a configuration is from, by the name of its file and its text; undefined where
 * several are possible, or none.
 */
export function guessFormat(path: string, text: string): ImportFormat | undefined {
  if (/(?:^|\/)Caddyfile(?:\.\w+)?$|\.caddyfile$/.test(path)) return "caddy";
  const fitting = IMPORT_FORMATS.filter((format) => LOOKS[format].test(text));
  return fitting.length === 1 ? fitting[0] : undefined;
}
