/** A configuration of another web server on this computer: chosen, and read as text. */
import { type BrowserWindow, dialog } from "electron";
import fs from "node:fs/promises";
import path from "node:path";
import { MAX_IMPORT_BYTES } from "../../server-agent/contract/importing/import.ts";
import { guessFormat } from "../../server-agent/core/import/guess-format.ts";
import type { ChosenImport } from "../contract/configuration.ts";
import type { Result } from "../contract/failures.ts";
import { done, failed, messageOf } from "../failures.ts";
import { decimal } from "../language/formats.ts";
import { t } from "../language/translate.ts";
import { decodeText } from "../text/decode-text.ts";

/** `null` when the person cancelled. */
export async function chooseImport(window: BrowserWindow): Promise<Result<ChosenImport | null>> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    title: t("Choose a configuration"),
    properties: ["openFile", "showHiddenFiles"],
  });
  const [chosen] = filePaths;
  return canceled || chosen === undefined ? done(null) : readImport(chosen);
}

/** Refuses with `file.unusable`, naming the file and the limit. */
export async function readImport(file: string): Promise<Result<ChosenImport>> {
  const name = path.basename(file);
  try {
    const facts = await fs.stat(file);
    if (!facts.isFile()) return failed("file.unusable", t("{file} is not a file.", { file: name }));
    if (facts.size > MAX_IMPORT_BYTES)
      return failed(
        "file.unusable",
        t(
          "{file} has {size} MB; at most {most} MB can be imported here. Run “backsoon-agent import” on the server instead.",
          { file: name, size: inMegabytes(facts.size), most: inMegabytes(MAX_IMPORT_BYTES) },
        ),
      );
    const text = decodeText(await fs.readFile(file));
    if (text.trim() === "") return failed("file.unusable", t("{file} is empty.", { file: name }));
    if (text.includes("\0"))
      return failed("file.unusable", t("{file} is not a text file, so it is no configuration.", { file: name }));
    return done({ name, text, format: guessFormat(name, text) ?? null });
  } catch (error) {
    return failed("file.unusable", t("{file} could not be read: {why}", { file: name, why: messageOf(error) }));
  }
}

function inMegabytes(bytes: number): string {
  const megabytes = bytes / 1024 / 1024;
  return decimal(megabytes, Number.isInteger(megabytes) ? 0 : 1);
}
