/** Secrets in a real keychain: stored, locked, absent. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startKeyring } from "../../../support/ssh/keyring.ts";
import type { Step } from "../../../support/ssh/secrets-entry.ts";

const ENTRY = join(import.meta.dirname, "../../../support/ssh/secrets-entry.ts");

function run(
  env: NodeJS.ProcessEnv,
  steps: readonly Step[],
): { results: (string | null)[]; states: { state: string; why?: string }[]; ms: number } {
  const startedAt = Date.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [ENTRY, JSON.stringify(steps)], {
    env,
    encoding: "utf8",
    timeout: 30_000,
  });
  if (status !== 0) throw new Error(stderr);
  return {
    ...(JSON.parse(stdout) as { results: (string | null)[]; states: { state: string }[] }),
    ms: Date.now() - startedAt,
  };
}

describe("the keychain", () => {
  it("keeps what is stored for the next start, and forgets what is to be forgotten", async () => {
    await using keyring = await startKeyring();
    expect(run(keyring.env, [["set", "password:root@web-1", "correct horse ü"]]).states).toContainEqual({
      state: "keychain",
    });
    expect(
      run(keyring.env, [
        ["get", "password:root@web-1"],
        ["get", "password:root@web-2"],
      ]).results,
    ).toEqual(["correct horse ü", null]);
    run(keyring.env, [["forget", "password:root@web-1"]]);
    expect(run(keyring.env, [["get", "password:root@web-1"]]).results).toEqual([null]);
  });

  it("that is locked, with nobody to unlock it, is asked once and not once per server; then memory serves", async () => {
    await using keyring = await startKeyring();
    run(keyring.env, [["set", "password:root@web-1", "secret"]]);
    await keyring.lock();
    const asked = run(keyring.env, [
      ...Array.from({ length: 10 }, (_, at): Step => ["get", `password:root@web-${at}`]),
      ["set", "password:root@web-1", "typed"],
    ]);
    expect(asked.results.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => null));
    expect(asked.states.filter(({ state }) => state === "memory")).toHaveLength(1);
    expect(asked.ms).toBeLessThan(10_000);
  });

  it("that is absent is said plainly, and memory serves", () => {
    const env = {
      ...process.env,
      DBUS_SESSION_BUS_ADDRESS: "unix:path=/nonexistent",
      DISPLAY: undefined,
      XDG_RUNTIME_DIR: "/nonexistent",
    };
    const { results, states } = run(env, [
      ["set", "a", "kept"],
      ["get", "a"],
    ]);
    expect(results[1]).toBe("kept");
    expect(states).toEqual([{ state: "memory", why: expect.stringMatching(/./) as string }]);
  });
});
