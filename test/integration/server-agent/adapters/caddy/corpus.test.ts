/**
 * Every Caddyfile of the corpus takes the hook, passes Caddy's own check with it and is byte for
 * byte the same without it; or the site is refused with file and line. There is no third outcome.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Instance } from "../../../../../server-agent/adapters/adapter.ts";
import { caddyAdapter } from "../../../../../server-agent/adapters/caddy/caddy-adapter.ts";
import { HAS_CADDY, caddyFolder } from "../../../../support/web-servers/caddy.ts";
import { holdToRule } from "../../../../support/web-servers/corpus/hold-to-rule.ts";
import { layFiles, readCorpus } from "../../../../support/web-servers/corpus/read-corpus.ts";
import { IS_SET_UP } from "../../../../../tools/driving/web-servers/nginx.ts";

const CORPUS = readCorpus("caddy");

it.runIf(IS_SET_UP)("Caddy is here: `npm test` installs it, and what is skipped without it is not tested", () => {
  expect(HAS_CADDY).toBe(true);
});

describe.runIf(HAS_CADDY)("a Caddyfile of the corpus", () => {
  it("is one of fifty at least", () => {
    expect(CORPUS.length).toBeGreaterThanOrEqual(50);
  });

  it.each(CORPUS)("$name", async (one) => {
    await using folder = await caddyFolder({});
    await layFiles(folder.etc, one, folder.filled);
    // What the check makes stays within the folder, too.
    const environment = join(folder.run, "environment");
    await writeFile(environment, `HOME=${folder.run}\nXDG_DATA_HOME=${folder.run}\nXDG_CONFIG_HOME=${folder.run}\n`);
    const instance: Instance = {
      id: "caddy",
      kind: "caddy",
      version: "2.6.2",
      pid: 0,
      program: "caddy",
      configuration: folder.main,
      args: ["--config", folder.main, "--envfile", environment],
      cwd: folder.etc,
      user: "root",
    };
    await holdToRule(one, caddyAdapter({ webFolder: join(folder.run, "web"), token: "t" }), instance, folder);
  });
});
