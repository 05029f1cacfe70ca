/** Names of the hook's files, and the lines by which Apache includes them. */
import { wordsOf } from "./lines.ts";

/** Name of the folder beside Apache's main configuration file. */
const FOLDER = "backsoon";
/** What is read once, for all sites. */
export const MAIN_HOOK = "main";

const INCLUDED = /(?:^|\/)backsoon\/([A-Za-z0-9][A-Za-z0-9._-]*)\.con\[f\]$/;

export const SITE_COMMENT = "# Backsoon: lets the agent close this site";
export const MAIN_COMMENT = "# Backsoon: for its lines in the sites";

/** `main.conf` is for all sites, so a site of this name gets another id. */
export function hookFile(mainFile: string, name: string): string {
  return `${folderOf(mainFile)}${FOLDER}/${name}.conf`;
}

/** The name behind an `IncludeOptional` of ours. */
export function hookIn({ name, rest }: { readonly name: string; readonly rest: string }): string | undefined {
  return name === "includeoptional" ? INCLUDED.exec(wordsOf(rest)[0] ?? "")?.[1] : undefined;
}

/**
 * The lines as they stand in a file: behind a directive no comment is possible. The odd pattern
 * matters: a file that is not there is then no error for Apache.
 */
export function hookLines(mainFile: string, name: string): string[] {
  const pattern = `${folderOf(mainFile)}${FOLDER}/${name}.con[f]`;
  const word = /^[\w./[\]+-]+$/.test(pattern) ? pattern : `"${pattern.replace(/["\\]/g, "\\$&")}"`;
  return [name === MAIN_HOOK ? MAIN_COMMENT : SITE_COMMENT, `IncludeOptional ${word}`];
}

function folderOf(mainFile: string): string {
  return mainFile.slice(0, mainFile.lastIndexOf("/") + 1);
}
