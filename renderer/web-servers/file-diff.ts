/** The difference of two texts by lines, with what stands around it. Pure. */
import { t } from "../../main/language/translate.ts";
import type { FileChange } from "../../main/contract/agent.ts";

export interface DiffLine {
  kind: "same" | "added" | "removed" | "left-out";
  /** Number in the file as it was, or for a line that was added, as it will be. */
  number: number;
  text: string;
}

/** Lines around each change. */
const CONTEXT = 3;
/** Of more lines than this nothing finer is looked for than where they begin and end to differ. */
const MAX_COMPARED_LINES = 2000;

/** Runs of lines that stay are left out, but for three before and after each change. */
export function fileDiff({ before, after }: Pick<FileChange, "before" | "after">): DiffLine[] {
  return shortened(compared(linesOf(before), linesOf(after)));
}

/** `new file, 42 lines`, `2 lines added`. */
export function changeWords(change: Pick<FileChange, "before" | "after">): string {
  const lines = compared(linesOf(change.before), linesOf(change.after));
  const number = (kind: DiffLine["kind"]) => lines.filter((line) => line.kind === kind).length;
  if (change.before === null)
    return t("new file, {count, plural, one {# line} other {# lines}}", { count: number("added") });
  if (change.after === null)
    return t("removed, {count, plural, one {# line} other {# lines}}", { count: number("removed") });
  const parts = [
    ...(number("added") > 0
      ? [t("{count, plural, one {# line} other {# lines}} added", { count: number("added") })]
      : []),
    ...(number("removed") > 0
      ? [t("{count, plural, one {# line} other {# lines}} removed", { count: number("removed") })]
      : []),
  ];
  return parts.length === 0 ? "unchanged" : parts.join(", ");
}

function linesOf(text: string | null): string[] {
  if (text === null || text === "") return [];
  return text.replace(/\n$/, "").split("\n");
}

function compared(before: readonly string[], after: readonly string[]): DiffLine[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  )
    end += 1;
  const middle = differing(before.slice(start, before.length - end), after.slice(start, after.length - end), start);
  return [
    ...before.slice(0, start).map((text, index): DiffLine => ({ kind: "same", number: index + 1, text })),
    ...middle,
    ...before
      .slice(before.length - end)
      .map((text, index): DiffLine => ({ kind: "same", number: before.length - end + index + 1, text })),
  ];
}

/** By the longest common subsequence. @param offset lines before both */
function differing(before: readonly string[], after: readonly string[], offset: number): DiffLine[] {
  const width = after.length + 1;
  const isComparable = before.length <= MAX_COMPARED_LINES && after.length <= MAX_COMPARED_LINES;
  const common = new Uint16Array(isComparable ? (before.length + 1) * width : 0);
  if (isComparable)
    for (let one = before.length - 1; one >= 0; one -= 1)
      for (let other = after.length - 1; other >= 0; other -= 1)
        common[one * width + other] =
          before[one] === after[other]
            ? (common[(one + 1) * width + other + 1] ?? 0) + 1
            : Math.max(common[(one + 1) * width + other] ?? 0, common[one * width + other + 1] ?? 0);
  const lines: DiffLine[] = [];
  let one = 0;
  let other = 0;
  while (one < before.length || other < after.length) {
    const [text, added] = [before[one], after[other]];
    if (isComparable && text !== undefined && text === added) {
      lines.push({ kind: "same", number: offset + one + 1, text });
      one += 1;
      other += 1;
    } else if (
      text !== undefined &&
      (added === undefined ||
        !isComparable ||
        (common[(one + 1) * width + other] ?? 0) >= (common[one * width + other + 1] ?? 0))
    ) {
      lines.push({ kind: "removed", number: offset + one + 1, text });
      one += 1;
    } else {
      lines.push({ kind: "added", number: offset + other + 1, text: added ?? "" });
      other += 1;
    }
  }
  return lines;
}

function shortened(lines: readonly DiffLine[]): DiffLine[] {
  const isNear = lines.map((_, index) =>
    lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ kind }) => kind !== "same"),
  );
  const shown: DiffLine[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index];
    if (line === undefined) continue;
    if (isNear[index] === true) {
      shown.push(line);
      continue;
    }
    let end = index;
    while (end < lines.length && isNear[end] !== true) end += 1;
    shown.push({
      kind: "left-out",
      number: line.number,
      text: t("{count, plural, one {# line} other {# lines}} unchanged", { count: end - index }),
    });
    index = end - 1;
  }
  return shown;
}
