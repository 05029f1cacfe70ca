const LINES = 5;
const LENGTH = 300;
/** What node adds to every failure; the reason stands above it. */
const NOISE = /^ +at |^Node\.js v\d/;

/**
 * The end of what a program has written, to be put behind a message about it; nothing where it has
 * written nothing.
 */
export function lastLines(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !NOISE.test(line));
  if (lines.length === 0) return "";
  const cut = lines.slice(-LINES).map((line) => (line.length > LENGTH ? `${line.slice(0, LENGTH)}…` : line));
  return `. It said last:\n${cut.map((line) => `  ${line}`).join("\n")}`;
}
