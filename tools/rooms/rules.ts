/** The rules of the rooms as pure functions: what is wrong with a tree of source files. */
import { posix } from "node:path";
import type { SourceFile } from "./sources.ts";

export interface Part {
  /**
   * Its rooms, the highest layer first, as paths within the part; `.` is the part itself. A room
   * holds what lies in its folder, but for what is a room of its own. It may import rooms of lower
   * layers only.
   */
  layers: readonly (readonly string[])[];
  /** Rooms or single files of other parts that it may import. */
  mayImport: readonly string[];
  /**
   * What it may import from outside the repository: `zod`, `node:*`, or `*` for anything. `.` is
   * for the whole part; a room's own list replaces it.
   */
  packages: Readonly<Record<string, readonly string[]>>;
}

/** By folder. A part may lie within another one. */
export type Parts = Readonly<Record<string, Part>>;

const MAX_FILES_PER_FOLDER = 20;
const MAX_CONTRACT_LINES = 250;

/** @returns one sentence for each violation. */
export function violations(parts: Parts, files: readonly SourceFile[]): string[] {
  return [
    ...circularImports(files),
    ...unlistedFiles(parts, files),
    ...forbiddenImports(parts, files),
    ...forbiddenPackages(parts, files),
    ...crowdedFolders(files),
    ...longContracts(files),
  ];
}

/** Of files that reach each other, one shortest circle is named. */
function circularImports(files: readonly SourceFile[]): string[] {
  const importsOf = new Map(files.map(({ path, imports }) => [path, imports]));
  const found: string[] = [];
  const named = new Set<string>();
  for (const { path } of files) {
    const circle = named.has(path) ? undefined : shortestCircle(path, importsOf);
    if (circle === undefined) continue;
    for (const member of circle) named.add(member);
    found.push(`circular import: ${circle.join(" → ")}`);
  }
  return found;
}

function shortestCircle(start: string, importsOf: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const importerOf = new Map<string, string>();
  const queue = [start];
  for (const path of queue)
    for (const imported of importsOf.get(path) ?? []) {
      if (importerOf.has(imported)) continue;
      importerOf.set(imported, path);
      queue.push(imported);
    }
  let at = importerOf.get(start);
  if (at === undefined) return undefined;
  const circle = [start];
  for (; at !== undefined && at !== start; at = importerOf.get(at)) circle.unshift(at);
  return [start, ...circle];
}

/** Files that belong to no room, and rooms without a file: the table would no longer be true. */
function unlistedFiles(parts: Parts, files: readonly SourceFile[]): string[] {
  const found: string[] = [];
  const used = new Set<string>();
  for (const { path } of files) {
    const room = roomOf(parts, path);
    if (room === undefined) found.push(`unlisted: ${path} belongs to no room`);
    else used.add(nameOf(room));
  }
  for (const [part, { layers }] of Object.entries(parts))
    for (const folder of layers.flat())
      if (!used.has(nameOf({ part, folder }))) found.push(`empty: ${nameOf({ part, folder })} has no file`);
  return found;
}

function forbiddenImports(parts: Parts, files: readonly SourceFile[]): string[] {
  const known = new Set(files.map(({ path }) => path));
  return files.flatMap(({ path, imports }) => {
    const from = roomOf(parts, path);
    if (from === undefined) return [];
    return imports.flatMap((imported) => {
      const to = known.has(imported) ? roomOf(parts, imported) : undefined;
      if (to === undefined || mayImport(parts, from, to, imported)) return [];
      return [`forbidden import: ${path} → ${imported} (${nameOf(from)} must not import ${nameOf(to)})`];
    });
  });
}

interface Room {
  part: string;
  folder: string;
}

function mayImport(parts: Parts, from: Room, to: Room, imported: string): boolean {
  const part = parts[from.part];
  if (part === undefined) return false;
  if (from.part !== to.part) return part.mayImport.some((path) => isWithin(imported, path));
  const layerOf = ({ folder }: Room) => part.layers.findIndex((folders) => folders.includes(folder));
  return from.folder === to.folder || layerOf(from) < layerOf(to);
}

function forbiddenPackages(parts: Parts, files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, packages }) => {
    const room = roomOf(parts, path);
    if (room === undefined) return [];
    const lists = parts[room.part]?.packages ?? {};
    const allowed = lists[narrowest(room.folder, Object.keys(lists)) ?? "."] ?? [];
    return packages
      .filter((name) => !allowed.some((entry) => matches(name, entry)))
      .map((name) => `forbidden package: ${path} → ${name}`);
  });
}

/**
 * The rule of package.json: `dependencies` are what the shipped programs import, no more and no
 * less, whether it is bundled or not.
 *
 * @param shipped Folders of the programs that users get.
 * @param provided Packages that the app runs in (Electron), which are development dependencies.
 */
export function misplacedDependencies(
  files: readonly SourceFile[],
  dependencies: readonly string[],
  { shipped, provided }: { shipped: readonly string[]; provided: readonly string[] },
): string[] {
  const found: string[] = [];
  const imported = new Set<string>();
  for (const { path, packages } of files) {
    if (!shipped.some((folder) => isWithin(path, folder))) continue;
    for (const name of packages) {
      imported.add(name);
      if (name.startsWith("node:") || provided.includes(name) || dependencies.includes(name)) continue;
      found.push(`not in dependencies: ${path} → ${name}`);
    }
  }
  for (const name of dependencies)
    if (!imported.has(name)) found.push(`not imported: ${name} is in dependencies, but no shipped program imports it`);
  return found;
}

function crowdedFolders(files: readonly SourceFile[]): string[] {
  return [...Map.groupBy(files, ({ path }) => posix.dirname(path))]
    .filter(([, { length }]) => length > MAX_FILES_PER_FOLDER)
    .map(([folder, { length }]) => `crowded: ${folder} has ${length} files (at most ${MAX_FILES_PER_FOLDER})`);
}

function longContracts(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path, lines }) => path.includes("/contract/") && !path.startsWith("test/") && lines > MAX_CONTRACT_LINES)
    .map(({ path, lines }) => `too long: ${path} has ${lines} lines (at most ${MAX_CONTRACT_LINES})`);
}

function roomOf(parts: Parts, path: string): Room | undefined {
  const part = narrowest(path, Object.keys(parts));
  if (part === undefined) return undefined;
  const folder = narrowest(posix.relative(part, path), parts[part]?.layers.flat() ?? []);
  return folder === undefined ? undefined : { part, folder };
}

function nameOf({ part, folder }: Room): string {
  return posix.join(part, folder);
}

function narrowest(path: string, folders: readonly string[]): string | undefined {
  return folders.filter((folder) => isWithin(path, folder)).sort((a, b) => b.length - a.length)[0];
}

function isWithin(path: string, folder: string): boolean {
  return folder === "." || path === folder || path.startsWith(`${folder}/`);
}

function matches(name: string, entry: string): boolean {
  return entry.endsWith("*") ? name.startsWith(entry.slice(0, -1)) : name === entry;
}
