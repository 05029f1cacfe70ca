/**
 * Tells at once when something changes in a folder, as far as the system can: it is an addition to
 * looking now and then, never a replacement (network file systems tell nothing).
 */
import { type FSWatcher, watch } from "node:fs";

/** Each costs the system a little; those beyond wait for the next look. */
const MAX_FOLDERS = 100;
/** A renewal changes several files, one after the other (ms). */
const SETTLE_MS = 100;

export class WatchedFolders {
  readonly #changed: () => void;
  readonly #watchers = new Map<string, FSWatcher>();
  #timer: NodeJS.Timeout | undefined = undefined;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Watches these from now on, and no others. */
  use(folders: ReadonlySet<string>): void {
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of folders)
      if (this.#watchers.size < MAX_FOLDERS && !this.#watchers.has(folder)) this.#watch(folder);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.use(new Set());
  }

  #watch(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => {
        this.#timer ??= setTimeout(() => {
          this.#timer = undefined;
          this.#changed();
        }, SETTLE_MS).unref();
      });
      watcher.on("error", () => {
        watcher.close();
        this.#watchers.delete(folder);
      });
      this.#watchers.set(folder, watcher);
    } catch {
      // Not there (yet), or no watcher is left: the next look sees it.
    }
  }
}
