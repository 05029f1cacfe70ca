const MAX_LINES = 5;
const MAX_LINE_LENGTH = 300;
/** What node adds to every failure; the reason stands above it. */
const NOISE = /^ +at |^Node\.js v\d/;

/**
 * The end of what a program has written, to be put behind a message about it; nothing where it has
 * written nothing.
 */
export function lastLines(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !NOISE.test(line));
  if (lines.length === 0) return "";
  const cut = lines
    .slice(-MAX_LINES)
    .map((line) => (line.length > MAX_LINE_LENGTH ? `${line.slice(0, MAX_LINE_LENGTH)}…` : line));
  return `. It said last:\n${cut.map((line) => `  ${line}`).join("\n")}`;
}
