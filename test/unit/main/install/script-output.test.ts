import { describe, expect, it } from "vitest";
import { ScriptOutput } from "../../../../main/install/script-output.ts";

/** As it comes, in pieces of so many bytes. */
function printed(text: string, size: number): ScriptOutput {
  const output = new ScriptOutput();
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) output.add("stdout", bytes.subarray(at, at + size));
  return output;
}

describe("what a script prints", () => {
  it.each([1, 7, 1000])("is what comes between its first and last words, in pieces of %i bytes", (size) => {
    const output = printed("Grüße vom Server: backsoon-begun\nübrig\n\nbacksoon-ended\n", size);
    expect(output).toMatchObject({ hasBegun: true, hasEnded: true, stdout: "übrig\n" });
  });

  it("is what others print as long as it has not begun", () => {
    expect(printed("not available\n", 5)).toMatchObject({
      hasBegun: false,
      hasEnded: false,
      stdout: "not available\n",
    });
  });

  it("has not come to its end when something comes after that, and is not what is sent", () => {
    expect(printed("backsoon-begun\n\nbacksoon-ended\nlogout\n", 9).hasEnded).toBe(false);
    expect(printed("printf '%s-%s\\n' backsoon begun\n", 9).hasBegun).toBe(false);
  });

  it("is dropped beyond 256 KB, and its end is seen all the same", () => {
    const output = printed(`backsoon-begun\n${"x".repeat(400_000)}\n\nbacksoon-ended\n`, 32_768);
    expect(output.hasEnded).toBe(true);
    expect(output.stdout.length).toBeLessThan(300_000);
  });
});
