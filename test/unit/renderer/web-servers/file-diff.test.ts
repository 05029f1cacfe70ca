import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changeWords, fileDiff } from "../../../../renderer/web-servers/file-diff.ts";

const LINES = Array.from({ length: 30 }, (_, index) => `line ${String(index + 1)}`);
function text(lines: readonly string[]) {
  return lines.map((line) => `${line}\n`).join("");
}
function signs(before: string | null, after: string | null) {
  return fileDiff({ before, after }).map(({ kind, number, text: line }) => `${kind} ${String(number)} ${line}`);
}

describe("the difference of a file", () => {
  it("shows a line that is put in, with three around it", () => {
    const after = LINES.toSpliced(10, 0, "    include hook;");
    expect(signs(text(LINES), text(after))).toEqual([
      "left-out 1 7 lines unchanged",
      "same 8 line 8",
      "same 9 line 9",
      "same 10 line 10",
      "added 11     include hook;",
      "same 11 line 11",
      "same 12 line 12",
      "same 13 line 13",
      "left-out 14 17 lines unchanged",
    ]);
  });

  it("keeps what stays between two changes apart from them", () => {
    const after = LINES.toSpliced(20, 0, "two").toSpliced(3, 1, "one");
    const changed = fileDiff({ before: text(LINES), after: text(after) }).filter(
      ({ kind }) => kind === "added" || kind === "removed",
    );
    expect(changed.map(({ kind, text: line }) => `${kind} ${line}`)).toEqual([
      "removed line 4",
      "added one",
      "added two",
    ]);
  });

  it("has every line of both files once, in their order", () => {
    const lines = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 30 });
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const shown = fileDiff({ before: text(before), after: text(after) });
        const side = (other: string) =>
          shown.flatMap(({ kind, number, text: line }) => {
            if (kind === other) return [];
            return kind === "left-out" ? before.slice(number - 1, number - 1 + Number.parseInt(line, 10)) : [line];
          });
        expect(side("added")).toEqual(before);
        expect(side("removed")).toEqual(after);
      }),
    );
  });

  it.each([
    [null, "a\nb\n", "new file, 2 lines"],
    ["a\n", null, "removed, 1 line"],
    ["a\nb\n", "a\nx\nb\n", "1 line added"],
    ["a\nb\n", "a\n", "1 line removed"],
    ["a\n", "b\n", "1 line added, 1 line removed"],
    ["a\n", "a\n", "unchanged"],
  ])("from %j to %j is called %s", (before, after, words) => {
    expect(changeWords({ before, after })).toBe(words);
  });
});
