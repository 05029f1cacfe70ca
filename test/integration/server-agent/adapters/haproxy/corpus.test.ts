/**
 * Every configuration of the corpus takes the hook, passes HAProxy's own check with it and is byte
 * for byte the same without it; or the site is refused with file and line. There is no third
 * outcome.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Instance } from "../../../../../server-agent/adapters/adapter.ts";
import { haproxyAdapter } from "../../../../../server-agent/adapters/haproxy/haproxy-adapter.ts";
import { holdToRule } from "../../../../support/web-servers/corpus/hold-to-rule.ts";
import { layFiles, readCorpus } from "../../../../support/web-servers/corpus/read-corpus.ts";
import { HAS_HAPROXY, haproxyFolder, startHaproxy } from "../../../../support/web-servers/haproxy.ts";
import { serverFolder } from "../../../../../tools/driving/web-servers/server-folder.ts";

const CORPUS = readCorpus("haproxy");

const BASE = `global
    log /dev/log local0
    stats socket @RUN@/admin.sock mode 660 level admin expose-fd listeners
    stats timeout 30s
    ssl-default-bind-options ssl-min-ver TLSv1.2

defaults
    log global
    mode http
    option httplog
    option dontlognull
    timeout connect 5000
    timeout client 50000
    timeout server 50000
`;

describe.runIf(HAS_HAPROXY)("a configuration of the corpus", () => {
  const running = new AsyncDisposableStack();
  let instance: Instance;
  // The check needs none that runs; a main process and an environment are seen of this one.
  beforeAll(async () => {
    const folder = running.use(await haproxyFolder("frontend web\n    bind 127.0.0.1:@PORT1@\n"));
    ({ instance } = running.use(await startHaproxy(folder)));
  });
  afterAll(() => running.disposeAsync());

  it("is one of fifty at least", () => {
    expect(CORPUS.length).toBeGreaterThanOrEqual(50);
  });

  it.each(CORPUS)("$name", async (one) => {
    await using folder = await serverFolder("haproxy", "haproxy.cfg", {});
    await layFiles(folder.etc, one, (text) => folder.filled(text.replace("@BASE@\n", BASE)));
    const more = (await readdir(folder.etc)).includes("conf.d") ? ["-f", join(folder.etc, "conf.d")] : [];
    const at: Instance = { ...instance, configuration: folder.main, args: ["-f", folder.main, ...more] };
    await holdToRule(one, haproxyAdapter({ webFolder: join(folder.run, "web"), token: "t" }), at, folder);
  });
});
