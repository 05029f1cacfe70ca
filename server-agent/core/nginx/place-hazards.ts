/** Whether a line can be put into a file behind the brace of a block, and be taken out again. */
import type { Hazard } from "../../contract/web-servers.ts";
import type { FactsOf } from "../web-servers/file-facts.ts";
import { generatedBy } from "../web-servers/generated-file.ts";
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
  const generated = generatedBy(file.comments);
  if (generated !== undefined)
    return [
      {
        code: "generated-file",
        message: `The file says that something else writes it ("${generated.text}"): put the line directly behind this \`${placed.directive.name} {\` in its template.`,
        file: placed.file,
        line: placed.directive.line,
        refuses: true,
        paste: hookLine(tree.main, name),
      },
    ];
  if (file.text.includes("\ufffd"))
    return [refusing("not-utf8", "The file is not UTF-8, so the agent could not put it back byte by byte.", placed)];
  const here = facts(placed.file);
  if (here === undefined) return [];
  if (here.names > 1)
    return [
      refusing(
        "hard-link",
        `The file has ${String(here.names)} names (hard links); a change would part them. Make it a file of its own.`,
        placed,
      ),
    ];
  const twin = [...tree.files.keys()].find((path) => path !== placed.file && facts(path)?.real === here.real);
  return twin === undefined
    ? []
    : [refusing("file-twice", `nginx reads the same file as ${twin}, too; include it once.`, placed)];
}
