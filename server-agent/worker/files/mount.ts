import { filePathOf } from "../../core/routing/file-path.ts";
import type { RequestFacts } from "../../core/routing/request-facts.ts";
import type { Miss } from "./file-lookup.ts";

/** From a request to the path below a folder, or why there is none. */
export type Mount = (facts: RequestFacts) => string | Miss;

const MISSING: Miss = { kind: "missing" };
const WITHOUT_SLASH: Miss = { kind: "folder-without-slash" };

/** @param at Path of the folder, without a slash at its end; undefined for all paths. */
export function compileMount(at: string | undefined): Mount {
  if (at === undefined || at === "/") return filePathOf;
  return (facts) => {
    const path = filePathOf(facts);
    if (path.startsWith(`${at}/`)) return path.slice(at.length);
    return path === at ? WITHOUT_SLASH : MISSING;
  };
}
