/**
 * Which script below a folder answers a path. Only a file that is there is ever named to the
 * application: what it makes of other names is its own (`/upload.jpg/x.php` runs the picture where
 * `cgi.fix_pathinfo` of PHP is on).
 */
import { isServablePath, missOf, resolveBelow } from "../files/file-lookup.ts";
import { realPathOf } from "../files/file-name.ts";

export interface Script {
  readonly kind: "script";
  /** Where the folder is once links are followed: a deployment switches all of it at once. */
  readonly root: string;
  /** Path of the script below the folder, `/index.php`. */
  readonly name: string;
  /** What follows it in the path that was asked for; `""` for nothing. */
  readonly pathInfo: string;
}

type NoScript =
  /** Something is there that is no script. */
  | { readonly kind: "file" }
  /** A folder with an index file, asked for without its slash. */
  | { readonly kind: "folder-without-slash" }
  | { readonly kind: "missing" }
  | { readonly kind: "forbidden" };

export type Found = Script | NoScript;

/** As an extension: every file is a script. */
const ANY = "*";
/** What was found is believed this long (ms). */
const FRESH_MS = 1000;
const MAX_KNOWN_PATHS = 1000;
const MISSING: Found = { kind: "missing" };

export class ScriptFolder {
  readonly #root: string;
  /** With their dots; undefined: whatever they are called. */
  readonly #extensions: readonly string[] | undefined;
  readonly #index: readonly string[];
  readonly #sources: RegExp;
  #known = new Map<string, Found>();
  #knownSince = 0;

  /** @param root Absolute; need not exist yet. @param extensions Without dot, or `*`. */
  constructor(root: string, extensions: readonly string[], index: readonly string[]) {
    this.#root = root;
    const isAny = extensions.includes(ANY);
    this.#extensions = isAny ? undefined : extensions.map((extension) => `.${extension}`);
    this.#index = index;
    this.#sources = isAny ? /$/ : new RegExp(`\\.(?:${extensions.join("|")})[^/]*$`, "i");
  }

  /**
   * Whether a file may be the source of a script or a copy of one, as editors leave them:
   * `config.php~`, `config.php.bak`.
   */
  isSource(path: string): boolean {
    return this.#sources.test(path);
  }

  /** What was found less than a second ago. @param path From `filePathOf`. @param now Epoch ms. */
  known(path: string, now: number): Found | undefined {
    if (Math.abs(now - this.#knownSince) > FRESH_MS) {
      this.#known = new Map();
      this.#knownSince = now;
    }
    return this.#known.get(path);
  }

  async find(path: string): Promise<Found> {
    const known = this.#known;
    let found: Found;
    try {
      found = await this.#lookUp(path);
    } catch (error) {
      found = missOf(error).kind === "forbidden" ? { kind: "forbidden" } : MISSING;
    }
    if (known.size < MAX_KNOWN_PATHS) known.set(path, found);
    return found;
  }

  async #lookUp(path: string): Promise<Found> {
    if (!path.startsWith("/")) return MISSING;
    const root = await realPathOf(this.#root);
    for (const end of this.#endsOfScripts(path)) {
      const name = path.slice(0, end);
      const kind = await kindOf(root, name);
      if (kind === "file") return { kind: "script", root, name, pathInfo: path.slice(end) };
      // A folder may be called so; below anything else there is nothing.
      if (kind !== "folder") return MISSING;
    }
    if (path.endsWith("/")) return this.#lookUpIndex(root, path);
    const kind = await kindOf(root, path);
    if (kind !== "folder") return { kind: kind === "file" ? "file" : "missing" };
    const index = await this.#lookUpIndex(root, `${path}/`);
    return index.kind === "missing" ? MISSING : { kind: "folder-without-slash" };
  }

  async #lookUpIndex(root: string, folder: string): Promise<Found> {
    for (const file of this.#index) {
      const name = folder + file;
      if ((await kindOf(root, name)) !== "file") continue;
      return this.#isScript(name) ? { kind: "script", root, name, pathInfo: "" } : { kind: "file" };
    }
    return MISSING;
  }

  *#endsOfScripts(path: string): Generator<number, void, undefined> {
    for (let at = path.indexOf("/", 1); at >= 0; at = path.indexOf("/", at + 1))
      if (this.#isScript(path.slice(0, at))) yield at;
    if (this.#isScript(path)) yield path.length;
  }

  #isScript(name: string): boolean {
    if (this.#extensions === undefined) return !name.endsWith("/");
    return this.#extensions.some((extension) => name.endsWith(extension) && !name.endsWith(`/${extension}`));
  }
}

async function kindOf(root: string, name: string): Promise<"file" | "folder" | "none"> {
  if (!isServablePath(name)) return "none";
  try {
    const found = await resolveBelow(root, name);
    if (found?.stats.isFile() === true) return "file";
    return found?.stats.isDirectory() === true ? "folder" : "none";
  } catch (error) {
    if (missOf(error).kind === "missing") return "none";
    throw error;
  }
}
