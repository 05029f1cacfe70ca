import type { Handler } from "../contract/handler.ts";

export const DEFAULT_INDEX = { files: ["index.html"], scripts: ["index.php"], programs: ["index.cgi"] } as const;

/** Names of the index files that a handler looks for in a folder; the first that exists counts. */
export function indexFilesOf(handler: Handler): readonly string[] {
  switch (handler.type) {
    case "file":
    case "common":
      return handler.index ?? DEFAULT_INDEX.files;
    case "fastcgi":
    case "scgi":
    case "uwsgi":
      return handler.root === undefined ? [] : (handler.index ?? DEFAULT_INDEX.scripts);
    case "cgi":
      return handler.index ?? DEFAULT_INDEX.programs;
    default:
      return [];
  }
}
