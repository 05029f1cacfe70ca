/** The table of ssh_config(5) in docs/conformance.md, tried on the app and on the ssh here. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSshConfig } from "../../../../main/ssh-config/ssh-config-files.ts";
import { resolveHost } from "../../../../main/ssh-config/ssh-config.ts";

const page = readFileSync(join(import.meta.dirname, "../../../../docs/conformance.md"), "utf8");
const section = page.slice(page.indexOf("## ssh_config(5)")).split(/^## /m)[1] ?? "";
const rows = [...section.matchAll(/^\| (\w+) +\| `([^`]+)` +\| (followed|told|refused|not relevant)/gm)].map(
  ([, keyword = "", line = "", kind = ""]) => ({ keyword, line, kind }),
);

let folder: string;
let config: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "backsoon-keywords-"));
  config = join(folder, "config");
  writeFileSync(join(folder, "more"), "Port 4\n", { mode: 0o600 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Which the ssh here may be too old for. */
function refusedBySsh(line: string): string {
  writeFileSync(config, `${line}\n`, { mode: 0o600 });
  const { status, stderr } = spawnSync("ssh", ["-G", "-F", config, "web"], { encoding: "utf8" });
  return status === 0 ? "" : stderr;
}

async function ours(line: string) {
  const { username, uid } = userInfo();
  const account = { user: username, home: folder, env: {}, uid, machine: "here" };
  writeFileSync(config, `${line}\n`, { mode: 0o600 });
  const files = await readSshConfig(account, [{ path: config, base: folder }]);
  if (!files.ok) throw new Error(files.failure.message);
  return resolveHost(files.value, { alias: "web" }, account);
}

describe("each keyword of ssh_config(5)", () => {
  it.each(rows)("does what the table says: $line is $kind", async ({ keyword, line, kind }) => {
    expect(refusedBySsh(line).replace(/.*Bad configuration option.*\n.*terminating.*\n/, "")).toBe("");
    // Decides only together with a command.
    const answer = await ours(keyword === "ProxyUseFdpass" ? `${line}\nProxyCommand nc %h %p` : line);
    if (kind === "refused") {
      expect(answer.ok ? "" : answer.failure.message).toMatch(new RegExp(`line 1: .*${keyword}`));
      return;
    }
    const warnings = answer.ok ? answer.value.warnings : [answer.failure.message];
    if (kind === "told") expect(warnings).toEqual([expect.stringMatching(new RegExp(`^${keyword} .*line 1`))]);
    else expect(warnings).toEqual([]);
  });

  it("of the ssh here stands in the table", () => {
    writeFileSync(config, "");
    const { stdout } = spawnSync("ssh", ["-G", "-F", config, "web"], { encoding: "utf8" });
    const printed = new Set(stdout.split("\n").map((line) => (line.split(" ")[0] ?? "").toLowerCase()));
    printed.delete("");
    expect(printed.size).toBeGreaterThan(60);
    const inTable = new Set(rows.map(({ keyword }) => keyword.toLowerCase()));
    expect(rows.length).toBeGreaterThan(90);
    expect([...printed].filter((keyword) => !inTable.has(keyword) && keyword !== "host")).toEqual([]);
  });
});
