/** A machine with these files, and nothing else, for imports. */
import type { Surroundings } from "../../../server-agent/core/import/document/surroundings.ts";

export function machineWith(files: Readonly<Record<string, string>> = {}): Surroundings {
  return {
    textOf: (path) => files[path],
    filesIn: (folder) =>
      Object.keys(files)
        .filter((path) => path.slice(0, path.lastIndexOf("/")) === folder)
        .sort(),
    foldersWith: (name, below) =>
      Object.keys(files)
        .filter((path) => path.startsWith(`${below}/`) && path.endsWith(`/${name}`))
        .map((path) => path.slice(0, path.lastIndexOf("/")))
        .filter((folder) => folder !== below)
        .sort(),
    mediaTypeOf: (extension) => (extension === "html" ? "text/html; charset=utf-8" : "application/octet-stream"),
  };
}
