/**
 * Makes folders one by one: Node's own way to make all of them never ends where the kernel makes
 * none (/proc).
 */
import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * The folder with all that are missing above it; one that is there already stays as it is.
 *
 * @param mode without what the umask takes away
 * @throws the system's error
 */
export function makeFolder(path: string, mode: number): void {
  makeMissing(path, mode);
}

/** The same for others to read: the last one has this mode whatever the umask is. */
export function makeSharedFolder(path: string): void {
  if (makeMissing(path, 0o755)) chmodSync(path, 0o755);
}

/** Whether something was made. */
function makeMissing(path: string, mode: number): boolean {
  const missing: string[] = [];
  for (let folder = resolve(path); !existsSync(folder) && dirname(folder) !== folder; folder = dirname(folder))
    missing.push(folder);
  for (const folder of missing.toReversed()) mkdirSync(folder, mode);
  return missing.length > 0;
}
