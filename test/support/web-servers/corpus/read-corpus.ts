/**
 * Reads a corpus: configurations in the shapes that people have, written anew. Each case says which
 * sites it has; `!site:code` is one that is refused, with the code of the reason.
 */
import { readFileSync, readdirSync } from "node:fs";
import { link, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

export interface CorpusCase {
  readonly name: string;
  readonly sites: readonly string[];
  readonly refused: ReadonlyMap<string, string>;
  readonly lines: "lf" | "crlf" | "unended" | "latin1";
  readonly files: readonly CorpusFile[];
}

interface CorpusFile {
  readonly path: string;
  readonly text: string;
  /** A symbolic link leads there. */
  readonly link?: string;
  /** It is another name of this file. */
  readonly hardLink?: string;
}

/** @param kind Of web server, whose texts are in a folder of its name. */
export function readCorpus(kind: string): CorpusCase[] {
  const folder = join(import.meta.dirname, kind);
  const files = readdirSync(folder).filter((name) => name.endsWith(".txt"));
  return files.sort().flatMap((name) =>
    readFileSync(join(folder, name), "utf8")
      .split(/^##### /m)
      .slice(1)
      .map((text) => readCase(text)),
  );
}

/** @param made What becomes of each text before it is written. */
export async function layFiles(
  folder: string,
  { files, lines }: Pick<CorpusCase, "files" | "lines">,
  made: (text: string) => string,
): Promise<void> {
  for (const { path, text, link: target, hardLink } of files) {
    const place = join(folder, path);
    await mkdir(dirname(place), { recursive: true });
    if (target !== undefined) await symlink(target, place);
    else if (hardLink !== undefined) await link(join(folder, hardLink), place);
    else {
      const ended = lines === "crlf" ? made(text).replaceAll("\n", "\r\n") : made(text);
      const whole = lines === "unended" ? ended.trimEnd() : ended;
      await writeFile(place, whole, lines === "latin1" ? "latin1" : "utf8");
    }
  }
}

function readCase(text: string): CorpusCase {
  const [head = "", ...parts] = text.split(/^=== /m);
  const [name = "", ...settings] = head.trim().split("\n");
  const setting = (key: string) => settings.find((line) => line.startsWith(`${key}: `))?.slice(key.length + 2);
  const entries = (setting("sites") ?? "").split(" ");
  const refused = entries.filter((entry) => entry.startsWith("!")).map((entry) => entry.slice(1).split(":"));
  return {
    name,
    sites: entries.map((entry) => entry.replace(/^!|:.*$/g, "")),
    refused: new Map(refused.map(([site = "", code = ""]) => [site, code])),
    lines: (setting("lines") ?? "lf") as CorpusCase["lines"],
    files: parts.map(readFile),
  };
}

function readFile(part: string): CorpusFile {
  const end = part.indexOf("\n");
  const [path = "", arrow, target = ""] = part.slice(0, end).trim().split(" ");
  if (arrow === "->") return { path, text: "", link: target };
  if (arrow === "=>") return { path, text: "", hardLink: target };
  return { path, text: part.slice(end + 1) };
}
