/**
 * Every configuration of the corpus takes the hook, passes nginx's own check with it and is byte
 * for byte the same without it; or the site is refused with file and line. There is no third
 * outcome.
 */
import { link, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Instance } from "../../../../../server-agent/adapters/adapter.ts";
import { writeHookFiles } from "../../../../../server-agent/adapters/hook-files.ts";
import { nginxAdapter } from "../../../../../server-agent/adapters/nginx/nginx-adapter.ts";
import { type CorpusCase, nginxCorpus } from "../../../../support/web-servers/corpus/nginx/corpus.ts";
import {
  HAS_NGINX,
  IS_SET_UP,
  type NginxFolder,
  nginxArgs,
  nginxFolder,
} from "../../../../support/web-servers/nginx.ts";

const CORPUS = nginxCorpus();
const HAS_IPV6 = Object.values(networkInterfaces()).some((list) => list?.some(({ family }) => family === "IPv6"));
/** The check binds what is free for a moment: never the ports of the machine's own web server. */
const PORT_OFFSET = 21_000;

async function lay({ files, lines }: CorpusCase): Promise<NginxFolder> {
  const folder = await nginxFolder({ fastcgi_params: "fastcgi_param QUERY_STRING $query_string;\n" });
  await rm(join(folder.etc, "nginx.conf"), { force: true });
  const all = files.some(({ path }) => path === "nginx.conf") ? files : [MAIN, ...files];
  for (const { path, text, link: target, hardLink } of all) {
    const place = join(folder.etc, path);
    await mkdir(dirname(place), { recursive: true });
    if (target !== undefined) await symlink(target, place);
    else if (hardLink !== undefined) await link(join(folder.etc, hardLink), place);
    else {
      const made = withPorts(folder.filled(text)).replaceAll("/var/log/nginx", folder.run);
      const ended = lines === "crlf" ? made.replaceAll("\n", "\r\n") : made;
      const whole = lines === "unended" ? ended.trimEnd() : ended;
      await writeFile(place, whole, lines === "latin1" ? "latin1" : "utf8");
    }
  }
  return folder;
}

const MAIN = {
  path: "nginx.conf",
  text: "events {}\nhttp {\n    include conf.d/*.conf;\n    include sites-enabled/*;\n}\n",
  link: undefined,
  hardLink: undefined,
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
    expect(await adapter.check(instance)).toBeUndefined();
    const before = await folder.snapshot();

    const read = await adapter.read(instance);
    expect(read.problems).toEqual([]);
    const ids = read.sites.map(({ id }) => id);
    expect([...ids].sort()).toEqual([...one.sites].sort());
    const plan = adapter.plan(instance, read, ids, false);
    const refused = new Map(plan.refused.map(({ site, hazards }) => [site, hazards[0]?.code]));
    expect(refused).toEqual(one.refused);
    for (const { file, line } of plan.refused.flatMap(({ hazards }) => hazards)) {
      expect(file).toMatch(/^\//);
      expect(line).toBeGreaterThan(0);
    }

    // After each file, as nginx may be started at any moment, and the agent may die at any.
    for (const file of plan.files) {
      expect(writeHookFiles([file])).toMatchObject({ ok: true });
      expect(await adapter.check(instance)).toBeUndefined();
    }
    const hooked = await adapter.read(instance);
    expect(hooked.sites.map(({ id, hosts }) => ({ id, hosts }))).toEqual(
      read.sites.map(({ id, hosts }) => ({ id, hosts })),
    );
    expect(adapter.plan(instance, hooked, plan.sites, false).files).toEqual([]);

    const removal = adapter.plan(instance, hooked, plan.sites, true);
    for (const file of removal.files) {
      expect(writeHookFiles([file])).toMatchObject({ ok: true });
      expect(await adapter.check(instance)).toBeUndefined();
    }
    expect(await folder.snapshot()).toEqual(before);
  });
});
