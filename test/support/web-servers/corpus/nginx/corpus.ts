/**
 * Configurations of nginx in the shapes that people have, written anew. Each case says which sites
 * it has; `!site:code` is one that is refused, with the code of the reason.
 */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

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

export function nginxCorpus(): CorpusCase[] {
  const folder = import.meta.dirname;
  const files = readdirSync(folder).filter((name) => name.endsWith(".txt"));
  return files.sort().flatMap((name) =>
    readFileSync(join(folder, name), "utf8")
      .split(/^##### /m)
      .slice(1)
      .map((text) => readCase(text)),
  );
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
