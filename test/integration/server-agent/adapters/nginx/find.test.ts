/** Which nginx run on this machine, and what is read of them. */
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findMasters } from "../../../../../server-agent/adapters/nginx/masters.ts";
import { nginxAdapter } from "../../../../../server-agent/adapters/nginx/nginx-adapter.ts";
import { FoundServers } from "../../../../../server-agent/supervisor/web-servers/found-servers.ts";
import { HAS_NGINX, nginxFolder, startNginx } from "../../../../../tools/driving/web-servers/nginx.ts";

const SITE = { "conf.d/a.conf": "server { listen 127.0.0.1:@PORT1@; server_name a.example; }\n" };
/** So many take a while to be born. */
const MANY_WORKERS = "worker_processes 32;\nevents {}\nhttp { include conf.d/*.conf; }\n";
const adapter = nginxAdapter({ webFolder: "/web", token: "t" });

describe.runIf(HAS_NGINX)("nginx that run", () => {
  it("are all found, each with its own configuration and arguments", async () => {
    await using one = await nginxFolder(SITE);
    await using two = await nginxFolder(SITE);
    await using first = await startNginx(one);
    await using second = await startNginx(two);
    const { instances } = await findMasters();
    const found = (pid: number) => instances.find((instance) => instance.pid === pid);
    for (const [{ pid }, { main, run }] of [
      [first, one],
      [second, two],
    ] as const)
      expect(found(pid)).toMatchObject({
        kind: "nginx",
        configuration: main,
        args: ["-p", `${run}/`, "-c", main, "-g", expect.any(String)],
      });
    expect(new Set(instances.map(({ id }) => id)).size).toBe(instances.length);
    expect(found(first.pid)?.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(found(first.pid)?.user).not.toBe("");
  });

  it("are one each while they reload: a worker that is just born has the title of its main process", async () => {
    await using folder = await nginxFolder({ "nginx.conf": MANY_WORKERS, ...SITE });
    await using nginx = await startNginx(folder);
    for (let round = 0; round < 30; round++) {
      process.kill(nginx.pid, "SIGHUP");
      const { instances } = await findMasters();
      const own = instances.filter(({ configuration }) => configuration === folder.main);
      expect(own.map(({ pid, predecessor }) => ({ pid, predecessor }))).toEqual([{ pid: nginx.pid }]);
    }
  });

  it("are told apart by their configuration: of two that have the same one is left out, and named", async () => {
    await using folder = await nginxFolder({
      "conf.d/a.conf": "server { listen 127.0.0.1:@PORT1@ reuseport; server_name a.example; }\n",
    });
    await using first = await startNginx(folder);
    await using second = await startNginx(folder, "second");
    const servers = new FoundServers([adapter]);
    const found = (await servers.find()).filter(({ instance }) => instance.configuration === folder.main);
    expect(found.map(({ instance }) => instance.pid)).toEqual([second.pid]);
    expect(servers.problems).toEqual([
      expect.stringMatching(
        new RegExp(
          `process id ${String(first.pid)} .*same configuration file.* as the one with process id ${String(second.pid)}`,
        ),
      ),
    ]);
  });

  it("say what is wrong with their configuration on disk", async () => {
    await using folder = await nginxFolder(SITE);
    await using nginx = await startNginx(folder);
    await writeFile(join(folder.etc, "conf.d/b.conf"), "server { listen x; }");
    const read = await adapter.read(nginx.instance);
    expect(read.sites).toEqual([]);
    expect(read.problems).toEqual([expect.stringMatching(/does not accept its configuration.*b\.conf:1/)]);
    const { files, refused } = adapter.plan(nginx.instance, read, ["a.example"], false);
    expect(files).toEqual([]);
    expect(refused).toMatchObject([{ site: "a.example", hazards: [{ code: "unreadable", refuses: true }] }]);
  });

  it("are reloaded only while they run", async () => {
    await using folder = await nginxFolder(SITE);
    const nginx = await startNginx(folder);
    expect(await adapter.reload(nginx.instance)).toBeUndefined();
    await nginx[Symbol.asyncDispose]();
    expect(await adapter.reload(nginx.instance)).toMatch(/has ended/);
    expect(await adapter.reload({ ...nginx.instance, pid: process.pid })).toMatch(/no main process/);
  });

  it("tell when their certificates end, or why that is not known", async () => {
    await using folder = await nginxFolder({
      "conf.d/tls.conf": `ssl_certificate_key @KEY@;
server { listen 127.0.0.1:@PORT1@ ssl; server_name a.example; ssl_certificate @CERT@; }
server { listen 127.0.0.1:@PORT1@; server_name b.example; ssl_certificate @ETC@/$ssl_server_name.pem; ssl_certificate_key @ETC@/$ssl_server_name.key; }
`,
    });
    await using nginx = await startNginx(folder);
    await chmod(folder.etc, 0o755);
    const { sites } = await adapter.read(nginx.instance);
    const [a, b] = sites.map(({ certificates }) => certificates[0]);
    expect(Date.parse(a?.expiresAt ?? "")).toBeGreaterThan(Date.now());
    expect(b?.message).toMatch(/variable/);
  });
});
