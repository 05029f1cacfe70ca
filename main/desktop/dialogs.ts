/** The system's file dialogs, and reading and writing what was chosen in them. */
import { t } from "../language/translate.ts";
import { type BrowserWindow, dialog } from "electron";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { done, failed, messageOf } from "../failures.ts";
import { decodeText } from "../text/decode-text.ts";
import type { FileKind } from "./file-kinds.ts";
import type { Result } from "../contract/failures.ts";

/**
 * The page content takes a logo of 200,000 characters as data: URL; base64 makes four characters of
 * three bytes.
 */
const MAX_LOGO_BYTES = 149_000;

const LOGO_TYPES: Record<string, string> = {
  ".gif": "image/gif",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".webp": "image/webp",
};

async function choose(window: BrowserWindow, options: Electron.OpenDialogOptions): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, options);
  return canceled ? null : (filePaths[0] ?? null);
}

export async function chooseFolder(window: BrowserWindow): Promise<Result<string | null>> {
  return done(await choose(window, { title: t("Choose a folder"), properties: ["openDirectory"] }));
}

export async function chooseSocket(window: BrowserWindow): Promise<Result<string | null>> {
  return done(
    await choose(window, { title: t("Choose the agent's socket"), properties: ["openFile", "showHiddenFiles"] }),
  );
}

export async function chooseKeyFile(window: BrowserWindow): Promise<Result<string | null>> {
  return done(
    await choose(window, {
      title: t("Choose a private key"),
      defaultPath: path.join(os.homedir(), ".ssh"),
      properties: ["openFile", "showHiddenFiles"],
    }),
  );
}

const MAX_FILE_BYTES = 16 * 1024 * 1024;

/** `null` when the person cancelled. */
export async function saveText(
  window: BrowserWindow,
  { exports, name, filters }: FileKind,
  text: string,
): Promise<Result<string | null>> {
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    title: t(exports),
    defaultPath: name,
    filters,
  });
  if (canceled || filePath === "") return done(null);
  try {
    await fs.writeFile(filePath, text);
    return done(filePath);
  } catch (error) {
    return failed(
      "settings.failed",
      t("{file} could not be written: {why}", { file: filePath, why: messageOf(error) }),
    );
  }
}

/** `null` when the person cancelled. */
export async function openText(
  window: BrowserWindow,
  { imports = "Import", filters }: FileKind,
): Promise<Result<{ file: string; text: string } | null>> {
  const file = await choose(window, { title: t(imports), properties: ["openFile"], filters });
  if (file === null) return done(null);
  try {
    const { size } = await fs.stat(file);
    if (size > MAX_FILE_BYTES) return failed("file.unusable", t("{file} is too large.", { file }));
    return done({ file, text: decodeText(await fs.readFile(file)) });
  } catch (error) {
    return failed("file.unusable", t("{file} could not be read: {why}", { file, why: messageOf(error) }));
  }
}

/** A picture as data: URL, read and checked here, as the page can read no files. */
export async function chooseLogo(window: BrowserWindow): Promise<Result<string | null>> {
  const extensions = Object.keys(LOGO_TYPES).map((extension) => extension.slice(1));
  const file = await choose(window, {
    title: t("Choose a logo"),
    properties: ["openFile"],
    filters: [{ name: t("Images"), extensions }],
  });
  if (file === null) return done(null);
  const type = LOGO_TYPES[path.extname(file).toLowerCase()];
  if (type === undefined)
    return failed(
      "file.unusable",
      t("{file} is not a PNG, JPEG, GIF, WebP or SVG image.", { file: path.basename(file) }),
    );
  try {
    const { size } = await fs.stat(file);
    if (size > MAX_LOGO_BYTES)
      return failed(
        "file.unusable",
        t("{file} is too large: a logo travels inside the page and may have {most} kB, this one has {size} kB.", {
          file: path.basename(file),
          most: MAX_LOGO_BYTES / 1000,
          size: Math.ceil(size / 1000),
        }),
      );
    return done(`data:${type};base64,${(await fs.readFile(file)).toString("base64")}`);
  } catch (error) {
    return failed("file.unusable", t("{file} could not be read: {why}", { file, why: messageOf(error) }));
  }
}
