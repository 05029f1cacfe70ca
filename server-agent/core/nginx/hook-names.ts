/** Names of the hook's files, and the lines by which nginx includes them. */

import type { Directive } from "./directives.ts";

/** Name of the folder beside nginx's main configuration file. */
const FOLDER = "backsoon";
/** What `http` includes, for all sites. */
export const HTTP_HOOK = "http";

const INCLUDED = /(?:^|\/)backsoon\/([A-Za-z0-9][A-Za-z0-9._-]*)\.con\[f\]$/;

/** `http.conf` is for all sites, so a site of this name gets another id. */
export function hookFile(mainFile: string, name: string): string {
  return `${folderOf(mainFile)}${FOLDER}/${name}.conf`;
}

/** The odd pattern matters: a file that is not there is then no error for nginx. */
function hookPattern(mainFile: string, name: string): string {
  return `${folderOf(mainFile)}${FOLDER}/${name}.con[f]`;
}

/** Whether an `include` is one of ours. */
export function isHookFile(pattern: string): boolean {
  return includedHook(pattern) !== undefined;
}

/** The name behind an `include` of ours. */
function includedHook(pattern: string): string | undefined {
  return INCLUDED.exec(pattern)?.[1];
}

const SITE_COMMENT = " # Backsoon: lets the agent close this site";
const HTTP_COMMENT = " # Backsoon: for its lines in the sites";

/** The same for a whole directive. */
export function hookIn({ name, args }: Directive): string | undefined {
  return name === "include" ? includedHook(args[0] ?? "") : undefined;
}

/** The line as a person pastes it. */
export function hookLine(mainFile: string, name: string): string {
  return hookDirective(mainFile, name) + commentOf(name);
}

export function commentOf(name: string): string {
  return name === HTTP_HOOK ? HTTP_COMMENT : SITE_COMMENT;
}

export function hookDirective(mainFile: string, name: string): string {
  const pattern = hookPattern(mainFile, name);
  return `include ${/^[\w./[\]+-]+$/.test(pattern) ? pattern : `"${pattern.replace(/["\\]/g, "\\$&")}"`};`;
}

function folderOf(mainFile: string): string {
  return mainFile.slice(0, mainFile.lastIndexOf("/") + 1);
}
