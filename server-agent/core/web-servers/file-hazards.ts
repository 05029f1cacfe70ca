/** Whether lines can be put into a file, and be taken out again. */
import type { Hazard } from "../../contract/web-servers.ts";
import type { FactsOf } from "./file-facts.ts";
import { generatedBy } from "./generated-file.ts";

export interface FileInQuestion {
  readonly path: string;
  /** Where the lines are to stand. */
  readonly line: number;
  readonly text: string;
  readonly comments: readonly { readonly text: string }[];
  /** Every file that the web server reads. */
  readonly all: Iterable<string>;
  readonly facts: FactsOf;
  /** As in a sentence: `nginx`. */
  readonly server: string;
  /** What to do where the file is written by something else, a sentence. */
  readonly instead: string;
  /** The lines for its template. */
  readonly paste?: string;
}

export function fileHazards(file: FileInQuestion): Hazard[] {
  const { path, line, text, comments, all, facts, server, instead, paste } = file;
  const refuse = (code: string, message: string, more: Pick<Hazard, "paste"> = {}): Hazard[] => [
    { code, message, file: path, line, refuses: true, ...more },
  ];
  const generated = generatedBy(comments);
  if (generated !== undefined)
    return refuse(
      "generated-file",
      `The file says that something else writes it ("${generated.text}"): ${instead}`,
      paste === undefined ? {} : { paste },
    );
  if (text.includes("\ufffd"))
    return refuse("not-utf8", "The file is not UTF-8, so the agent could not put it back byte by byte.");
  const here = facts(path);
  if (here === undefined) return [];
  if (here.names > 1)
    return refuse(
      "hard-link",
      `The file has ${String(here.names)} names (hard links); a change would part them. Make it a file of its own.`,
    );
  const twin = [...all].find((other) => other !== path && facts(other)?.real === here.real);
  return twin === undefined ? [] : refuse("file-twice", `${server} reads the same file as ${twin}, too; name it once.`);
}
