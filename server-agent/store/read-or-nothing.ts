import { readFile } from "node:fs/promises";
import { codeOf } from "./disk.ts";

/** Codes that say something of one file; with others, such as EMFILE, all of them may be whole. */
const OF_ONE_FILE = new Set(["ENOENT", "EIO", "EISDIR"]);

/**
 * The text of a stored file; empty where there is none, or where the disk cannot give it: that is
 * damage like any other. @throws the system's error
 */
export async function readOrNothing(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (failure) {
    if (OF_ONE_FILE.has(codeOf(failure) ?? "")) return "";
    throw failure;
  }
}
