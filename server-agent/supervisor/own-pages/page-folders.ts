/**
 * Own pages that were sent to the agent: a folder for each, named by the hash of its files, below
 * the state directory. It is there as a whole or not at all.
 */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import path from "node:path";
import { codeOf } from "../../store/disk.ts";

const FOLDER = "own-pages";
const TEMPORARY = ".tmp-";
const ID = /^[0-9a-f]{64}$/;
/** A page that was just sent may be that of a maintenance that is still being chosen. */
const MIN_UNUSED_MS = 86_400_000;
/** Where a page can be named: by configurations, receipts, stages and windows. */
const USERS = ["generations", "receipts", "stages", "windows"];

export interface PageFile {
  path: string;
  bytes: Buffer;
}

export class PageFolders {
  readonly #state: string;
  readonly #folder: string;

  /** @param state path of the state directory */
  constructor(state: string) {
    this.#state = state;
    this.#folder = path.join(state, FOLDER);
  }

  /**
   * Keeps a page; one that is there is kept on.
   * @returns its hash and its folder
   * @throws the system's error; then nothing of it is there
   */
  async keep(files: readonly PageFile[]): Promise<{ id: string; root: string }> {
    const id = hashOf(files);
    const root = path.join(this.#folder, id);
    if ((await this.find(id)) !== undefined) return { id, root };
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const temporary = await mkdtemp(path.join(this.#folder, TEMPORARY));
    try {
      for (const file of files) await write(path.join(temporary, file.path), file.bytes);
      await sync(temporary);
      await rename(temporary, root).catch((failure: unknown) => {
        // Somebody else has sent the same at the same time.
        if (codeOf(failure) !== "ENOTEMPTY" && codeOf(failure) !== "EEXIST") throw failure;
      });
      await sync(this.#folder);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
    return { id, root };
  }

  /**
   * The folder of a page, which counts as just sent from now on; `undefined` if it is not there.
   * @param id its hash
   */
  async find(id: string): Promise<string | undefined> {
    const root = path.join(this.#folder, id);
    if (!(await isThere(root))) return undefined;
    const now = new Date();
    await utimes(root, now, now);
    return root;
  }

  /** @throws the system's error */
  async read(id: string): Promise<PageFile[]> {
    const root = path.join(this.#folder, id);
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
    return Promise.all(files.map(async (file) => ({ path: path.relative(root, file), bytes: await readFile(file) })));
  }

  /**
   * Removes pages that nothing names any more, and what a crash left half written.
   * @param now epoch milliseconds
   */
  async clean(now: number): Promise<void> {
    const old: string[] = [];
    for (const name of await namesIn(this.#folder)) {
      if (!ID.test(name) && !name.startsWith(TEMPORARY)) continue;
      const { mtimeMs } = await stat(path.join(this.#folder, name));
      if (now - mtimeMs > MIN_UNUSED_MS) old.push(name);
    }
    const used = old.length === 0 ? new Set() : await this.#named(new Set(old));
    for (const name of old)
      if (!used.has(name)) await rm(path.join(this.#folder, name), { recursive: true, force: true });
  }

  /** Which of these the files of the state name. */
  async #named(ids: ReadonlySet<string>): Promise<Set<string>> {
    const named = new Set<string>();
    for (const kind of USERS)
      for (const name of await namesIn(path.join(this.#state, kind))) {
        const text = await readFile(path.join(this.#state, kind, name), "utf8").catch(() => "");
        for (const id of ids) if (text.includes(`${FOLDER}/${id}`)) named.add(id);
      }
    return named;
  }
}

function hashOf(files: readonly PageFile[]): string {
  const hash = createHash("sha256");
  const sorted = files.toSorted((one, other) => (one.path < other.path ? -1 : 1));
  for (const { path: name, bytes } of sorted) hash.update(`${JSON.stringify(name)} ${bytes.length}\n`).update(bytes);
  return hash.digest("hex");
}

async function write(file: string, bytes: Buffer): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, "wx", 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function sync(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function isThere(folder: string): Promise<boolean> {
  return stat(folder).then(
    () => true,
    () => false,
  );
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((failure: unknown) => {
    if (codeOf(failure) === "ENOENT") return [];
    throw failure;
  });
}
