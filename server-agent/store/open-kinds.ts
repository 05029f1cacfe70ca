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
): Promise<{ files: FilesByKind; found: FoundByKind }> {
  const files: Record<string, unknown> = {};
  const found: Record<string, unknown> = {};
  for (const [folder, kind] of Object.entries<StoredKind>(STORED_KINDS)) {
    if (kind.damaged === "previous-serves") continue;
    const opened = await SealedFiles.open(join(directory, folder), kind as StoredKind<{ id: string }>, parts);
    files[folder] = opened.files;
    found[folder] = opened.values;
  }
  // By the entries of the table, which the compiler cannot follow through their names.
  return { files: files as FilesByKind, found: found as FoundByKind };
}

/** What an operator has to know of the files that are not used; each a sentence. */
export function problemsOf(files: FilesByKind): string[] {
  return Object.entries(files).flatMap(([folder, { unused }]) => [
    ...sentence(folder, unused.damaged, "damaged, and not used"),
    ...sentence(folder, unused.setAside, "damaged, set aside at an earlier start (*.corrupt), and not used"),
    ...sentence(folder, unused.foreign, "stored by another version of the agent, and not used"),
  ]);
}

export function sentence(folder: string, files: number, why: string): string[] {
  return files === 0 ? [] : [`${counted(files)} in ${folder}/ of the state directory: ${why}.`];
}

function counted(files: number): string {
  return files === 1 ? "1 file" : `${files} files`;
}
