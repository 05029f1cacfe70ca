/**
 * The flags by which web servers see that a site is closed, and the pages that they show while the
 * agent does not answer.
 *
 *     now -> gen/000041        one rename switches all sites of the machine
 *     gen/000041/closed/SITE   an empty file
 *     gen/000041/pages/SITE.html
 *     gen/000041/except/SITE/…   where a web server decides exceptions by files
 *
 * All of it is readable by everybody and writable by nobody but the agent's user. It outlives a
 * reboot: a site that was closed is closed when its web server is back before the agent is.
 */
import {
  chmodSync,
  closeSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

/** What web servers find of a closed site beside its flag. */
interface FlagsOfSite {
  /** Shown while the agent does not answer. */
  readonly page: string;
  /** Text of more files, by name below the generation's folder. */
  readonly files?: ReadonlyMap<string, string>;
}

/** By id of the site. */
export type ClosedFlags = ReadonlyMap<string, FlagsOfSite>;

/** Former generations that stay. */
const MAX_FORMER_GENERATIONS = 2;

export class FlagFolder {
  readonly #path: string;
  /** What this process has published, and by which link. */
  #published: { content: string; link: string } | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Closes these sites and opens all others. Nothing has changed when it throws the system's error:
   * the disk is full, say.
   */
  publish(generation: number, closed: ClosedFlags): void {
    const named = [...closed].map(([site, { page, files }]) => [site, page, [...(files ?? [])]] as const);
    const content = JSON.stringify(named.sort(([a], [b]) => (a < b ? -1 : 1)));
    // Somebody may have put another link in its place.
    if (content === this.#published?.content && this.#link() === this.#published.link) return;
    // An agent that no web server has ever asked leaves no trace.
    if (closed.size === 0 && this.#link() === undefined) return;
    this.#published = { content, link: this.#write(generation, closed) };
  }

  #write(generation: number, closed: ClosedFlags): string {
    const name = this.#freeName(generation);
    const target = join("gen", name);
    const folder = join(this.#path, "gen", name);
    const files = [...closed].flatMap(([site, { page, files: more }]): [string, string][] => [
      [`pages/${site}.html`, page],
      [`closed/${site}`, ""],
      ...(more ?? []),
    ]);
    const folders = new Set(["closed", "pages", ...files.flatMap(([file]) => foldersAbove(file))]);
    const link = join(this.#path, `.now-${String(process.pid)}`);
    try {
      for (const made of [this.#path, join(this.#path, "gen"), folder]) makeFolder(made);
      for (const inner of folders) makeFolder(join(folder, inner));
      for (const [file, text] of files) writeDurably(join(folder, file), text);
      for (const part of [...folders, "."]) syncFolder(join(folder, part));
      syncFolder(join(this.#path, "gen"));
      rmSync(link, { force: true });
      symlinkSync(target, link);
      renameSync(link, join(this.#path, "now"));
    } catch (failure) {
      // Half of it takes room on a disk that may be full.
      for (const left of [link, folder]) rmSync(left, { recursive: true, force: true });
      throw failure;
    }
    syncFolder(this.#path);
    this.#prune(name);
    return target;
  }

  /** A generation that is published again, with another page say, never touches what is in use. */
  #freeName(generation: number): string {
    const first = String(generation).padStart(6, "0");
    let name = first;
    for (let number = 2; existsSync(join(this.#path, "gen", name)); number++) name = `${first}-${String(number)}`;
    return name;
  }

  /** What `now` leads to; undefined where it is not there. @throws the system's error */
  #link(): string | undefined {
    const path = join(this.#path, "now");
    return lstatSync(path, { throwIfNoEntry: false }) === undefined ? undefined : readlinkSync(path);
  }

  /** What cannot be removed stays: it harms nobody. */
  #prune(active: string): void {
    const names = readdirSync(join(this.#path, "gen")).filter((name) => name !== active);
    for (const name of names.sort().slice(0, -MAX_FORMER_GENERATIONS))
      rmSync(join(this.#path, "gen", name), { recursive: true, force: true });
  }

  /** Sites that are closed by what is on disk now. @throws the system's error */
  closed(): string[] {
    const link = this.#link();
    return link === undefined ? [] : readdirSync(join(this.#path, link, "closed"));
  }
}

/** Of a file by its name, the outermost first. */
function foldersAbove(name: string): string[] {
  const parts = name.split("/").slice(0, -1);
  return parts.map((_part, index) => parts.slice(0, index + 1).join("/"));
}

/** Whatever the process' umask is, the workers of the web server come under their own user. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  mkdirSync(path);
  chmodSync(path, 0o755);
}

function writeDurably(path: string, text: string): void {
  const descriptor = openSync(path, "wx", 0o644);
  try {
    writeFileSync(descriptor, text);
    fchmodSync(descriptor, 0o644);
    // An empty file is all in its folder, which is synced.
    if (text !== "") fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function syncFolder(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
