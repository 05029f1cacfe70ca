/** Folders that the agent makes: with all that are missing, and with an end where none can be. */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { makeFolder, makeSharedFolder } from "../../../../server-agent/make-folder.ts";
import { runAgentVerb } from "../../../../tools/driving/agent.ts";

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

it("are made with all above them, and left as they are where they are there", () => {
  const folder = mkdtempSync(join(tmpdir(), "backsoon-folder-"));
  try {
    makeFolder(join(folder, "a/b"), 0o700);
    expect([modeOf(join(folder, "a")), modeOf(join(folder, "a/b"))]).toEqual(["700", "700"]);
    makeSharedFolder(join(folder, "a/b"));
    expect(modeOf(join(folder, "a/b"))).toBe("700");
    const umask = process.umask(0o077);
    makeSharedFolder(join(folder, "c/d"));
    process.umask(umask);
    expect(modeOf(join(folder, "c/d"))).toBe("755");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("that the kernel does not let anybody make are refused, and nothing turns for ever", async () => {
  expect(() => makeFolder("/proc/backsoon/state", 0o700)).toThrow("ENOENT");
  const ran = await runAgentVerb(["run", "--state", "/proc/backsoon", "--socket", join(tmpdir(), "no-agent.sock")]);
  expect(ran).toMatchObject({ code: 5, stdout: "" });
  expect(ran.stderr).toContain("the state directory cannot be used: /proc/backsoon: ENOENT");
});
