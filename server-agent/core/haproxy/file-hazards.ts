/** Whether lines can be put into a file of HAProxy's, and be taken out again. */
import type { Hazard } from "../../contract/web-servers.ts";
import type { FactsOf } from "../web-servers/file-facts.ts";
import { fileHazards as commonHazards } from "../web-servers/file-hazards.ts";
import type { Line } from "./lines.ts";
import type { ReadFile } from "./sections.ts";

export function fileHazards(path: string, { number }: Line, files: readonly ReadFile[], facts: FactsOf): Hazard[] {
  const file = files.find((one) => one.path === path);
  if (file === undefined) return [];
  return commonHazards({
    path,
    line: number,
    text: file.onDisk,
    comments: file.lines.flatMap(({ comment }) => (comment === undefined ? [] : [{ text: comment }])),
    all: files.map((one) => one.path),
    facts,
    server: "HAProxy",
    instead: "`backsoon-agent prepare --plan` shows the lines; put them into its template.",
  });
}
