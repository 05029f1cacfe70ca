/** Whether a line can be put into a file, and be taken out again. */
import type { Hazard } from "../../contract/web-servers.ts";
import { generatedBy } from "../web-servers/generated-file.ts";
import type { ConfigurationTree } from "./include-tree.ts";

/** How many names a file has (hard links). */
export type NamesOf = (path: string) => number;

export interface Place {
  readonly file: string;
  readonly line: number;
}

export function refusing(code: string, message: string, place: Place): Hazard {
  return { code, message, ...place, refuses: true };
}

export function telling(code: string, message: string, place: Place): Hazard {
  return { code, message, ...place, refuses: false };
}

/** @param paste What a person puts into the template of a file that is generated. */
export function placeHazards(place: Place, paste: string, tree: ConfigurationTree, namesOf: NamesOf): Hazard[] {
  const file = tree.files.get(place.file);
  if (file === undefined) return [];
  const generated = generatedBy(file.comments);
  if (generated !== undefined) {
    const message = `The file says that something else writes it ("${generated.text}"): put the line into its template.`;
    return [{ ...refusing("generated-file", message, place), paste }];
  }
  if (file.text.includes("\ufffd"))
    return [refusing("not-utf8", "The file is not UTF-8, so the agent could not put it back byte by byte.", place)];
  const names = namesOf(place.file);
  if (names <= 1) return [];
  const message = `The file has ${String(names)} names (hard links); a change would part them. Make it a file of its own.`;
  return [refusing("hard-link", message, place)];
}
