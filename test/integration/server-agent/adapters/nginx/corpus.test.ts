/**
 * Every configuration of the corpus takes the hook, passes nginx's own check with it and is byte
 * for byte the same without it; or the site is refused with file and line. There is no third
 * outcome.
 */
import { rm } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Instance } from "../../../../../server-agent/adapters/adapter.ts";
import { nginxAdapter } from "../../../../../server-agent/adapters/nginx/nginx-adapter.ts";
import { holdToRule } from "../../../../support/web-servers/corpus/hold-to-rule.ts";
import { type CorpusCase, layFiles, readCorpus } from "../../../../support/web-servers/corpus/read-corpus.ts";
import {
  HAS_NGINX,
  IS_SET_UP,
  type NginxFolder,
  nginxArgs,
  nginxFolder,
} from "../../../../../tools/driving/web-servers/nginx.ts";

const CORPUS = readCorpus("nginx");
const HAS_IPV6 = Object.values(networkInterfaces()).some((list) => list?.some(({ family }) => family === "IPv6"));
/** The check binds what is free for a moment: never the ports of the machine's own web server. */
const PORT_OFFSET = 21_000;

async function lay(one: CorpusCase): Promise<NginxFolder> {
  const folder = await nginxFolder({ fastcgi_params: "fastcgi_param QUERY_STRING $query_string;\n" });
  await rm(join(folder.etc, "nginx.conf"), { force: true });
  const files = one.files.some(({ path }) => path === "nginx.conf") ? one.files : [MAIN, ...one.files];
  await layFiles(folder.etc, { ...one, files }, (text) =>
    withPorts(folder.filled(text)).replaceAll("/var/log/nginx", folder.run),
  );
  return folder;
}

const MAIN = {
  path: "nginx.conf",
  text: "events {}\nhttp {\n    include conf.d/*.conf;\n    include sites-enabled/*;\n}\n",
};

function withPorts(text: string): string {
  const moved = text.replace(/\blisten\s+(?!unix:)[^;]*/g, (listen) =>
    listen.replace(/(\s|:)(\d{2,4})(?:-(\d{4}))?(?=\s|$)/, (_all, before: string, first: string, last?: string) => {
      const to = last === undefined ? "" : `-${String(Number(last) + PORT_OFFSET)}`;
      return `${before}${String(Number(first) + PORT_OFFSET)}${to}`;
    }),
  );
  return HAS_IPV6
    ? moved
    : moved.replaceAll("[::1]:", "127.0.0.7:").replaceAll("[::]:", "127.0.0.6:").replaceAll("ipv6only=on", "");
}

it.runIf(IS_SET_UP)("nginx is here: `npm test` installs it, and what is skipped without it is not tested", () => {
  expect(HAS_NGINX).toBe(true);
});

describe.runIf(HAS_NGINX)("a configuration of the corpus", () => {
  it("is one of fifty at least", () => {
    expect(CORPUS.length).toBeGreaterThanOrEqual(50);
  });

  it.each(CORPUS)("$name", async (one) => {
    await using folder = await lay(one);
    const instance: Instance = {
      id: "nginx",
      kind: "nginx",
      version: "",
      pid: 0,
      program: "nginx",
      configuration: folder.main,
      args: nginxArgs(folder),
      cwd: "/",
      user: "root",
    };
    const adapter = nginxAdapter({
      webFolder: join(folder.run, "web"),
      token: "t",
    });
    await holdToRule(one, adapter, instance, folder);
  });
});
