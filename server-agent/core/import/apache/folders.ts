/** What folders say themselves (`.htaccess`), and whose rules of mod_rewrite count in which. */
import type { Condition } from "../../../contract/condition.ts";
import type { Statement } from "../document/statements.ts";
import { allOf, anyOf, noneOf } from "./grants.ts";
import { coversFolder, type Section, type Space } from "./spaces.ts";

export interface Folders {
  /** What a folder says itself, by its path. */
  readonly ownOf: (folder: string) => readonly Statement[];
  /** Folders below one that say something themselves; undefined where they are too many. */
  readonly foldersBelow: (folder: string) => readonly string[] | undefined;
}

/** `.htaccess` of a folder and of those below it, as sections about them. */
export function folderSections(
  { root }: Space,
  outer: readonly Statement[],
  { ownOf, foldersBelow }: Folders,
): Statement[] {
  if (root === undefined || !outer.some(isAsking)) return [];
  const below = foldersBelow(root);
  for (const { entry } of outer.flatMap(({ body = [] }) => body).filter(({ name }) => name === "allowoverride"))
    if (below !== undefined) entry.carried("`.htaccess` of the folder and of those below it are read");
    else
      entry.changed(
        `only \`.htaccess\` of ${root} is read, as there are too many folders: look for others, and close what they close`,
      );
  return [root, ...(below ?? [])].flatMap((folder): Statement[] => {
    const body = ownOf(folder);
    const [first] = body;
    const isAsked = outer
      .filter((each) => coversFolder(each, folder))
      .sort(byLength)
      .filter(says)
      .at(-1);
    if (first === undefined) return [];
    if (isAsked !== undefined && isAsking(isAsked))
      return [{ name: "directory", args: [folder], entry: first.entry, body }];
    for (const { entry } of body) entry.left("`AllowOverride` does not allow it");
    return [];
  });
}

function byLength(a: Statement, b: Statement): number {
  return (a.args[0]?.length ?? 0) - (b.args[0]?.length ?? 0);
}

function says({ body = [] }: Statement): boolean {
  return body.some(({ name }) => name === "allowoverride");
}

function isAsking({ name, body = [] }: Statement): boolean {
  const override = body.findLast((each) => each.name === "allowoverride");
  return name === "directory" && override !== undefined && !/^none$/i.test(override.args[0] ?? "");
}

interface Rewriting {
  /** Undefined: all of the space. */
  readonly when: Condition | undefined;
  readonly section: Section;
  /** Address of the folder whose rules these are. */
  readonly base: string;
}

/** The deepest folder that has rules is the only one whose rules count. */
export function rewritingIn(sections: readonly Section[], { root, mount }: Space): Rewriting[] {
  const found = sections.flatMap((section) => {
    const { statement, level, when } = section;
    const hasRules = statement.name === "directory" && level.statements.some(({ name }) => name.startsWith("rewrite"));
    return hasRules && when !== "unknown" ? [{ section, when }] : [];
  });
  return found.flatMap(({ section, when }, index): Rewriting[] => {
    const deeper = anyOf(found.slice(index + 1).map((other) => other.when));
    const own = allOf([when, noneOf(deeper)]);
    const folder = section.statement.args[0]?.replace(/\/+$/, "") ?? "";
    const isBelow = root !== undefined && folder.startsWith(`${root}/`);
    return own === false
      ? []
      : [{ when: own === true ? undefined : own, section, base: isBelow ? mount + folder.slice(root.length) : mount }];
  });
}
