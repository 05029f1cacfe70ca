import { stat } from "node:fs/promises";

/**
 * Of these files together: another one, another text, or another one behind a link, has another
 * stamp. One that is not there has one, too.
 */
export async function fileStamp(paths: readonly string[]): Promise<string> {
  const stamps = await Promise.all(
    paths.map(async (path) => {
      try {
        const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
        return `${String(ino)} ${String(size)} ${String(mtimeNs)} ${String(ctimeNs)}`;
      } catch {
        return "none";
      }
    }),
  );
  return stamps.join("\n");
}
