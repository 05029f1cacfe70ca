/** Reads which file imports what. Imports of types count, and so do the scripts of Svelte files. */
import { glob, readFile } from "node:fs/promises";
import { join, posix } from "node:path";
import ts from "typescript";

export interface SourceFile {
  /** From the root of the repository, with `/`. */
  path: string;
  lines: number;
  /** Files of the repository, as `path`. */
  imports: string[];
  /** Packages and modules of Node (`zod`, `@lucide/svelte`, `node:fs`). */
  packages: string[];
}

/** The configuration of a tool (`vite.config.ts`) is part of no program. */
const CONFIGURATION = /\.config\.\w+$/;

/** @returns the source files in `folders` of `root`, sorted by path. */
export async function readSources(root: string, folders: readonly string[]): Promise<SourceFile[]> {
  const paths = new Set<string>();
  for (const folder of folders)
    for await (const path of glob(`${folder}/**/*.{ts,svelte,mjs,js}`, { cwd: root }))
      if (!CONFIGURATION.test(path)) paths.add(path.replaceAll("\\", "/"));
  return Promise.all([...paths].sort().map(async (path) => sourceFile(path, await readFile(join(root, path), "utf8"))));
}

export function sourceFile(path: string, text: string): SourceFile {
  const code = path.endsWith(".svelte") ? scriptsOf(text) : text;
  const imports = new Set<string>();
  const packages = new Set<string>();
  for (const { fileName } of ts.preProcessFile(code, true, true).importedFiles)
    if (fileName.startsWith(".")) imports.add(posix.join(posix.dirname(path), fileName));
    else packages.add(packageOf(fileName));
  return { path, lines: text.split("\n").length - 1, imports: [...imports], packages: [...packages] };
}

function scriptsOf(component: string): string {
  return [...component.matchAll(/<script[^>]*>(.*?)<\/script>/gs)].map(([, script]) => script).join("\n");
}

/** `svelte/reactivity` is of `svelte`; `node:fs/promises` stays as it is. */
function packageOf(name: string): string {
  const parts = name.split("/");
  return name.startsWith("node:") ? name : parts.slice(0, name.startsWith("@") ? 2 : 1).join("/");
}
