import { join } from "node:path";
import { type OpenParts, SealedFiles } from "./sealed-files.ts";
import { type KindById, STORED_KINDS, type StoredKind, type StoredValue } from "./stored-kinds.ts";

export type FilesByKind = { readonly [K in KindById]: SealedFiles<StoredValue<K>> };
/** What the files held, in the order of the ids. */
export type FoundByKind = { readonly [K in KindById]: readonly StoredValue<K>[] };

/** Opens the folder of every kind that has a file for each id. @throws the system's error */
export async function openKinds(
  directory: string,
  parts: OpenParts,
): Promise<{ files: FilesByKind; found: FoundByKind; problems: string[] }> {
  const files: Record<string, unknown> = {};
  const found: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [folder, kind] of Object.entries<StoredKind>(STORED_KINDS)) {
    if (kind.damaged !== "left-out") continue;
    const opened = await SealedFiles.open(join(directory, folder), kind as StoredKind<{ id: string }>, parts);
    files[folder] = opened.files;
    const { values, damaged, foreign } = opened.found;
    found[folder] = values;
    if (damaged > 0) problems.push(`${counted(damaged)} in ${folder}/ of the state directory: damaged, and not used.`);
    if (foreign > 0)
      problems.push(
        `${counted(foreign)} in ${folder}/ of the state directory: stored by another version of the agent, and not used.`,
      );
  }
  // By the entries of the table, which the compiler cannot follow through their names.
  return { files: files as FilesByKind, found: found as FoundByKind, problems };
}

function counted(files: number): string {
  return files === 1 ? "1 file" : `${files} files`;
}
