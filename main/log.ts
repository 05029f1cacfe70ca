/** The app's own log file. */
import fs from "node:fs";
import path from "node:path";
import { visibleText } from "../server-agent/core/visible-text.ts";
import { messageOf } from "./failures.ts";

const MAX_FILE_BYTES = 1024 * 1024;

/**
 * The app's own log: one line per event, in `<folder>/backsoon.log`; at 1 MB it becomes
 * `backsoon.log.1`. Secrets and page contents are never given to it. A log that cannot be written
 * stops neither the app nor the line on the terminal.
 */
export function openLog(folder: string, echo: boolean): (line: string) => void {
  const file = path.join(folder, "backsoon.log");
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    process.stderr.write(`log: ${messageOf(error)}\n`);
  }
  return (line) => {
    const text = `${new Date().toISOString()} ${visibleText(line.replaceAll(/[\r\n]+/g, " | "))}\n`;
    if (echo) process.stderr.write(text);
    try {
      if ((fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0) > MAX_FILE_BYTES) fs.renameSync(file, `${file}.1`);
      fs.appendFileSync(file, text, { mode: 0o600 });
    } catch (error) {
      process.stderr.write(`log: ${messageOf(error)}\n`);
    }
  };
}
