/** An own page on this computer: chosen, read with its files, checked as agents take it. */
import { decimal } from "../language/formats.ts";
import { t } from "../language/translate.ts";
import { type BrowserWindow, dialog } from "electron";
import fs from "node:fs/promises";
import path from "node:path";
import {
  MAX_OWN_PAGE_BYTES,
  MAX_OWN_PAGE_DEPTH,
  MAX_OWN_PAGE_FILES,
  MAX_OWN_PAGE_PATH_LENGTH,
  OWN_PAGE_INDEX,
  type OwnPageUpload,
  isOwnPagePath,
} from "../../server-agent/contract/own-pages.ts";
import type { Result } from "../contract/failures.ts";
import { done, failed, messageOf } from "../failures.ts";

export interface OwnPageFiles extends OwnPageUpload {
  /** What was chosen, for people. */
  name: string;
}

/** `null` when the person cancelled. */
export async function chooseOwnPage(
  window: BrowserWindow,
  what: "folder" | "file",
): Promise<Result<OwnPageFiles | null>> {
  const { canceled, filePaths } = await dialog.showOpenDialog(
    window,
    what === "folder"
      ? { title: t("Choose the folder of your page"), properties: ["openDirectory"] }
      : {
          title: t("Choose your page"),
          properties: ["openFile"],
          filters: [{ name: "HTML", extensions: ["html", "htm"] }],
        },
  );
  const [chosen] = filePaths;
  return canceled || chosen === undefined ? done(null) : readOwnPage(chosen);
}

/**
 * Reads a folder with an `index.html`, or one HTML file. Hidden files are left out. Refuses with
 * `file.unusable`, naming the file and the limit.
 */
export async function readOwnPage(chosen: string): Promise<Result<OwnPageFiles>> {
  const name = path.basename(chosen);
  try {
    const isFolder = (await fs.stat(chosen)).isDirectory();
    if (!isFolder && !/\.html?$/i.test(chosen))
      return failed("file.unusable", t("{name} is not an HTML file.", { name }));
    const paths = isFolder ? await pathsIn(chosen) : [OWN_PAGE_INDEX];
    if (!paths.includes(OWN_PAGE_INDEX))
      return failed(
        "file.unusable",
        t("{name} has no {index} at its top, which is the page itself.", { name, index: OWN_PAGE_INDEX }),
      );
    if (paths.length > MAX_OWN_PAGE_FILES)
      return failed(
        "file.unusable",
        t("{name} has more than {most} files; leave out what the page does not need.", {
          name,
          most: MAX_OWN_PAGE_FILES,
        }),
      );
    const wrong = paths.find((each) => !isOwnPagePath(each));
    if (wrong !== undefined)
      return failed(
        "file.unusable",
        t(
          "{path} cannot be sent: names have letters, digits and ._-@+~(), begin with a letter or digit, and with their folders at most {length} characters and {depth} levels. Rename it.",
          { path: wrong, length: MAX_OWN_PAGE_PATH_LENGTH, depth: MAX_OWN_PAGE_DEPTH },
        ),
      );
    const files: OwnPageUpload["files"] = [];
    let bytes = 0;
    for (const each of paths) {
      const file = isFolder ? path.join(chosen, each) : chosen;
      const { size } = await fs.stat(file);
      bytes += size;
      if (bytes > MAX_OWN_PAGE_BYTES)
        return failed(
          "file.unusable",
          t("With {path} ({size} MB) the page is larger than {most} MB, which is the limit. Make its images smaller.", {
            path: each,
            size: inMegabytes(size),
            most: inMegabytes(MAX_OWN_PAGE_BYTES),
          }),
        );
      if (each === OWN_PAGE_INDEX && size === 0)
        return failed("file.unusable", t("{path} is empty, so visitors would see a white page.", { path: each }));
      files.push({ path: each, content: (await fs.readFile(file)).toString("base64") });
    }
    return done({ name, files });
  } catch (error) {
    return failed("file.unusable", t("{file} could not be read: {why}", { file: chosen, why: messageOf(error) }));
  }
}

/** Paths of all files, by `/`, one more than may be sent at most. Links are not followed. */
async function pathsIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  const open = [""];
  for (let inside = open.shift(); inside !== undefined; inside = open.shift()) {
    for (const entry of await fs.readdir(path.join(folder, inside), { withFileTypes: true })) {
      if (entry.name.startsWith(".")) continue;
      const each = inside === "" ? entry.name : `${inside}/${entry.name}`;
      if (entry.isDirectory()) open.push(each);
      else if (entry.isFile()) found.push(each);
      if (found.length > MAX_OWN_PAGE_FILES || open.length > MAX_OWN_PAGE_FILES) return found.toSorted();
    }
  }
  return found.toSorted();
}

function inMegabytes(bytes: number): string {
  const megabytes = bytes / 1024 / 1024;
  return decimal(megabytes, Number.isInteger(Number(megabytes.toFixed(1))) ? 0 : 1);
}
