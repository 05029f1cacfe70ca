/** Whether a line can be put into a file behind the brace of a block, and be taken out again. */
import type { Hazard } from "../../contract/web-servers.ts";
import type { FactsOf } from "../web-servers/file-facts.ts";
import { fileHazards } from "../web-servers/file-hazards.ts";
import { hookLine } from "./hook-names.ts";
import type { ConfigurationTree, Placed } from "./include-tree.ts";

export function refusing(code: string, message: string, { file, directive }: Placed): Hazard {
  return { code, message, file, line: directive.line, refuses: true };
}

export function telling(code: string, message: string, { file, directive }: Placed): Hazard {
  return { code, message, file, line: directive.line, refuses: false };
}

/** Whether the line can be put behind the brace of a block. */
export function placeHazards(placed: Placed, name: string, tree: ConfigurationTree, facts: FactsOf): Hazard[] {
  const file = tree.files.get(placed.file);
  if (file === undefined) return [];
  return fileHazards({
    path: placed.file,
    line: placed.directive.line,
    ...file,
    all: tree.files.keys(),
    facts,
    server: "nginx",
    instead: `put the line directly behind this \`${placed.directive.name} {\` in its template.`,
    paste: hookLine(tree.main, name),
  });
}
