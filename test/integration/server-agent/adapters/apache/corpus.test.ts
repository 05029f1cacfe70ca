/**
 * Every configuration of the corpus takes the hook, passes Apache's own check with it and is byte
 * for byte the same without it; or the site is refused with file and line. There is no third
 * outcome.
 */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Instance } from "../../../../../server-agent/adapters/adapter.ts";
import { apacheAdapter } from "../../../../../server-agent/adapters/apache/apache-adapter.ts";
import {
  apacheFolder,
  HAS_APACHE,
  MAIN,
  moduleLines,
  startApache,
  USUAL_MODULES,
} from "../../../../support/web-servers/apache.ts";
import { holdToRule } from "../../../../support/web-servers/corpus/hold-to-rule.ts";
import { type CorpusCase, layFiles, readCorpus } from "../../../../support/web-servers/corpus/read-corpus.ts";
import { type ServerFolder, serverFolder } from "../../../../../tools/driving/web-servers/server-folder.ts";

const CORPUS = readCorpus("apache");
const USUAL = [
  { path: "apache2.conf", text: MAIN },
  { path: "mods-enabled/all.load", text: "@MODULES@" },
  { path: "mime.types", text: "text/html html\n" },
  // The check binds nothing.
  { path: "ports.conf", text: "Listen 80\nListen 443\n" },
];

async function lay(one: CorpusCase): Promise<ServerFolder> {
  const folder = await serverFolder("apache", "apache2.conf", {});
  const own = new Set(one.files.map(({ path }) => path));
  // It takes most of the time of a check.
  const needsTls = one.files.some(({ text }) => text.includes("SSL"));
  const modules = USUAL_MODULES.filter((name) => needsTls || !/^(?:ssl|socache_shmcb|http2)$/.test(name));
  const files = [...USUAL.filter(({ path }) => !own.has(path)), ...one.files];
  await layFiles(folder.etc, { ...one, files }, (text) =>
    folder.filled(
      text
        .replace("@MAIN@\n", MAIN)
        .replace(/@MODULES@\n?/, moduleLines(modules))
        .replace("@FEW@\n", moduleLines(["mpm_event", "authz_core", "mime", "rewrite"])),
    ),
  );
  return folder;
}

describe.runIf(HAS_APACHE)("a configuration of the corpus", () => {
  const running = new AsyncDisposableStack();
  let instance: Instance;
  // The check needs none that runs; an environment is seen of this one.
  beforeAll(async () => {
    const folder = running.use(await apacheFolder({ etc: {} }));
    ({ instance } = running.use(await startApache(folder, { environment: { APACHE_LOG_DIR: folder.run } })));
  });
  afterAll(() => running.disposeAsync());

  it("is one of fifty at least", () => {
    expect(CORPUS.length).toBeGreaterThanOrEqual(50);
  });

  it.each(CORPUS)("$name", async (one) => {
    await using folder = await lay(one);
    const at: Instance = { ...instance, configuration: folder.main, args: ["-f", folder.main] };
    await holdToRule(one, apacheAdapter({ webFolder: join(folder.run, "web"), token: "t" }), at, folder);
  });
});
