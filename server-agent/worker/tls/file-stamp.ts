import type { BigIntStats } from "node:fs";
import { stat } from "node:fs/promises";

/**
 * Of these files together: another one, another text, or another one behind a link, has another
 * stamp. One that is not there has one, too.
 */
export async function fileStamp(paths: readonly string[]): Promise<string> {
  const stamps = await Promise.all(
    paths.map(async (path) => {
      try {
        return stampOf(await stat(path, { bigint: true }));
      } catch {
        return NO_STAMP;
      }
    }),
  );
  return joinStamps(stamps);
}

/** Of a file that is not there. */
export const NO_STAMP = "none";

export function stampOf({ ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${String(ino)} ${String(size)} ${String(mtimeNs)} ${String(ctimeNs)}`;
}

/** What `fileStamp` says of files with these stamps. */
export function joinStamps(stamps: readonly string[]): string {
  return stamps.join("\n");
}
