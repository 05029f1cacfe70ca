import { join } from "node:path";
import type { Log } from "../log.ts";
import { SealedFiles } from "./sealed-files.ts";
import { type KindById, STORED_KINDS, type StoredKind, type StoredValue } from "./stored-kinds.ts";

export type FilesByKind = { readonly [K in KindById]: SealedFiles<StoredValue<K>> };
/** What the files held, in the order of the ids. */
export type FoundByKind = { readonly [K in KindById]: readonly StoredValue<K>[] };

/** Opens the folder of every kind that has a file for each id. @throws the system's error */
export async function openKinds(directory: string, log: Log): Promise<{ files: FilesByKind; found: FoundByKind }> {
  const files: Record<string, unknown> = {};
  const found: Record<string, unknown> = {};
  for (const [folder, kind] of Object.entries<StoredKind>(STORED_KINDS)) {
    if (kind.damaged !== "left-out") continue;
    const opened = await SealedFiles.open(join(directory, folder), kind as StoredKind<{ id: string }>, log);
    files[folder] = opened.files;
    found[folder] = opened.found;
  }
  // By the entries of the table, which the compiler cannot follow through their names.
  return { files: files as FilesByKind, found: found as FoundByKind };
}
