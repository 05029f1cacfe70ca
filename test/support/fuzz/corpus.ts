/**
 * Entries that fuzzing begins with: `corpus/<name>.txt` has one a line, each a text in quotes as
 * JSON has it, one character per byte. What was found to fail once is added to them, so that it is
 * tried again each time.
 */
import { readFileSync } from "node:fs";

export function readCorpus(name: string): Buffer[] {
  const text = readFileSync(new URL(`corpus/${name}.txt`, import.meta.url), "utf8");
  return text
    .split("\n")
    .filter((line) => line.startsWith('"'))
    .map((line) => Buffer.from(JSON.parse(line) as string, "latin1"));
}
