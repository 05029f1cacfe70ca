/** Names of the hook's files, and the lines by which Caddy imports them. */
import type { Statement } from "./statements.ts";

const FOLDER = "backsoon";
/** What the main file imports: who answers while the agent does not. */
export const FALLBACK = "fallback";

const IMPORTED = /(?:^|\/)backsoon\/([A-Za-z0-9][A-Za-z0-9._-]*)\.cadd\?$/;

/** `fallback.caddy` is for all sites, so a site of this name gets another id. */
export function hookFile(mainFile: string, name: string): string {
  return `${folderOf(mainFile)}${FOLDER}/${name}.caddy`;
}

/** The name behind an `import` of ours. */
export function hookIn({ words }: Statement): string | undefined {
  return words[0]?.text === "import" ? IMPORTED.exec(words[1]?.text ?? "")?.[1] : undefined;
}

const SITE_COMMENT = "# Backsoon: lets the agent close this site";
const FALLBACK_COMMENT = "# Backsoon: the page while the agent does not answer";

/**
 * The line as it is put in. The odd pattern matters: where nothing matches, that is no error for
 * Caddy, as a file that is not there would be.
 */
export function hookLine(mainFile: string, name: string): string {
  const pattern = `${folderOf(mainFile)}${FOLDER}/${name}.cadd?`;
  const quoted = /^[\w./?+:@-]+$/.test(pattern) ? pattern : `"${pattern.replaceAll('"', '\\"')}"`;
  return `import ${quoted} ${name === FALLBACK ? FALLBACK_COMMENT : SITE_COMMENT}`;
}

/** Lets the hook come before all that a site does. The last `order … first` wins. */
export const ORDER_LINE = "order forward_auth first # Backsoon: a closed site asks the agent before all else";
/** Begins a block of options where the owner has none. */
export const OPTIONS_LINE = "{ # Backsoon: options of its own, for its lines in the sites";

export function isOrder({ words }: Statement): boolean {
  return words.map(({ text }) => text).join(" ") === "order forward_auth first";
}

function folderOf(mainFile: string): string {
  return mainFile.slice(0, mainFile.lastIndexOf("/") + 1);
}
