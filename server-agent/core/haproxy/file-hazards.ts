/** Whether lines can be put into a file, and be taken out again. */
import type { Hazard } from "../../contract/web-servers.ts";
import type { FactsOf } from "../web-servers/file-facts.ts";
import { generatedBy } from "../web-servers/generated-file.ts";
import type { Line } from "./lines.ts";
import type { ReadFile } from "./sections.ts";

export function fileHazards(path: string, { number }: Line, files: readonly ReadFile[], facts: FactsOf): Hazard[] {
  const file = files.find((one) => one.path === path);
  if (file === undefined) return [];
  const refuse = (code: string, message: string): Hazard[] => [
    { code, message, file: path, line: number, refuses: true },
  ];
  const comments = file.lines.flatMap(({ comment }) => (comment === undefined ? [] : [{ text: comment }]));
  const generated = generatedBy(comments);
  if (generated !== undefined)
    return refuse(
      "generated-file",
      `The file says that something else writes it ("${generated.text}"). \`backsoon-agent prepare --plan\` shows the lines; put them into its template.`,
    );
  if (file.onDisk.includes("\ufffd"))
    return refuse("not-utf8", "The file is not UTF-8, so the agent could not put it back byte by byte.");
  const here = facts(path);
  if (here === undefined) return [];
  if (here.names > 1)
    return refuse(
      "hard-link",
      `The file has ${String(here.names)} names (hard links); a change would part them. Make it a file of its own.`,
    );
  const twin = files.find((other) => other.path !== path && facts(other.path)?.real === here.real);
  return twin === undefined
    ? []
    : refuse("file-twice", `HAProxy reads the same file as ${twin.path}, too; name it once.`);
}
