/** The folder with the app's own files, before anything is opened in it. */
import { t } from "../language/translate.ts";
import fs from "node:fs";
import path from "node:path";
import { messageOf, systemCodeOf } from "../failures.ts";

/** Makes the folder if it is missing. @returns why the app could keep nothing in it */
export function dataFolderProblem(folder: string): string | undefined {
  try {
    make(folder);
    fs.accessSync(folder, fs.constants.R_OK | fs.constants.W_OK | fs.constants.X_OK);
    return undefined;
  } catch (error) {
    return t("Backsoon keeps its settings and its list of servers in {folder}, which cannot be written: {why}", {
      folder,
      why: messageOf(error),
    });
  }
}

/** Not by Node's own recursion, which never ends where nobody can make a folder (below /proc). */
function make(folder: string): void {
  try {
    fs.mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (systemCodeOf(error) === "EEXIST" && fs.statSync(folder).isDirectory()) return;
    const parent = path.dirname(folder);
    if (systemCodeOf(error) !== "ENOENT" || parent === folder || fs.existsSync(parent)) throw error;
    make(parent);
    fs.mkdirSync(folder, { mode: 0o700 });
  }
}
