/** The hook in a real nginx: put in, seen, taken out; and all that can go wrong on the way. */
import { chmod, chown, mkdir, readFile, rename, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { askListener } from "../../../../../server-agent/adapters/ask-listener.ts";
import { type HookWork, askForHook, carryOutHook } from "../../../../../server-agent/adapters/install-hook.ts";
import { nginxAdapter } from "../../../../../server-agent/adapters/nginx/nginx-adapter.ts";
import {
  HAS_NGINX,
  type NginxFolder,
  type TestNginx,
  nginxFolder,
  startNginx,
} from "../../../../../tools/driving/web-servers/nginx.ts";
import type { ServerFiles } from "../../../../../tools/driving/web-servers/server-folder.ts";

const SHOP: ServerFiles = {
  "sites-enabled/shop": `server {
  listen 127.0.0.1:@PORT1@;
  server_name shop.example.com www.shop.example.com;
  return 301 https://shop.example.com$request_uri;
}
server {
  listen 127.0.0.1:@PORT2@ ssl http2;
  server_name shop.example.com;
  ssl_certificate @CERT@; ssl_certificate_key @KEY@;
  location / { return 200 "shop\\n"; }
}
`,
  "sites-enabled/default": `server { listen 127.0.0.1:@PORT1@ default_server; server_name _; return 204; }`,
};

interface Setting extends AsyncDisposable {
  folder: NginxFolder;
  nginx: TestNginx;
  adapter: ReturnType<typeof nginxAdapter>;
  work: (remove?: boolean, more?: Partial<HookWork>) => Promise<HookWork>;
}

async function start(files: ServerFiles = SHOP, prepare?: (folder: NginxFolder) => Promise<void>): Promise<Setting> {
  const folder = await nginxFolder(files);
  await prepare?.(folder);
  const nginx = await startNginx(folder);
  const adapter = nginxAdapter({
    webFolder: join(folder.run, "web"),
    token: "t0ken",
  });
  return {
    folder,
    nginx,
    adapter,
    async work(remove = false, more = {}) {
      const read = await adapter.read(nginx.instance);
      expect(read.problems).toEqual([]);
      const plan = adapter.plan(
        nginx.instance,
        read,
        read.sites.map(({ id }) => id),
        remove,
      );
      expect(plan.refused).toEqual([]);
      const { instance } = nginx;
      return {
        adapter,
        instance,
        files: plan.files,
        questions: read.questions,
        expect: remove ? "gone" : "live",
        reload: "now",
        ...more,
      };
    },
    async [Symbol.asyncDispose]() {
      await nginx[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function answer(folder: NginxFolder): Promise<string | undefined> {
  const asked = { address: "127.0.0.1", port: folder.port(2), tls: true, host: "shop.example.com", path: "/" };
  const answered = await askListener({ ...asked, timeoutMs: 5000 });
  return answered.ok ? answered.answer.body : answered.message;
}

describe.runIf(HAS_NGINX)("the hook of nginx", () => {
  it("is put in, seen on every listener of every block, and taken out without a trace", async () => {
    await using setting = await start();
    const { folder, adapter } = setting;
    const before = await folder.snapshot();

    const put = await setting.work();
    const installed = await carryOutHook(put);
    expect(installed).toMatchObject({ ok: true });
    const cells = installed.ok ? installed.value : [];
    expect(cells.map(({ host, state }) => [host, state])).toEqual([
      ["backsoon.invalid", "live"],
      ["shop.example.com", "live"],
      ["shop.example.com", "live"],
    ]);
    expect(await answer(folder)).toBe("shop\n");
    // What was put in is no site, and puts nothing in a second time.
    expect((await setting.work()).files).toEqual([]);

    const removed = await carryOutHook(await setting.work(true));
    expect(removed).toMatchObject({ ok: true });
    expect(await folder.snapshot()).toEqual(before);
    for (const question of put.questions) expect((await askForHook(adapter, question)).state).toBe("gone");
  });

  it("waits for the next reload where that is wished", async () => {
    await using setting = await start();
    const { adapter, nginx } = setting;
    const work = await setting.work(false, { reload: "later" });
    expect(await carryOutHook(work)).toEqual({ ok: true, value: [] });
    const [question] = work.questions;
    if (question === undefined) throw new Error("there is nothing to ask");
    expect((await askForHook(adapter, question)).state).toBe("gone");
    process.kill(nginx.pid, "SIGHUP");
    await expect.poll(async () => (await askForHook(adapter, question)).state, { timeout: 30_000 }).toBe("live");
  });

  it("keeps links, owner and mode", async () => {
    await using setting = await start({}, async ({ etc, filled }) => {
      const file = join(etc, "sites-available", "shop.conf");
      await mkdir(join(etc, "sites-available"));
      await writeFile(file, filled(SHOP["sites-enabled/shop"] ?? ""));
      await chmod(file, 0o640);
      if (process.getuid?.() === 0) await chown(file, 12, 34);
      await symlink("../sites-available/shop.conf", join(etc, "sites-enabled", "shop"));
    });
    const { folder } = setting;
    const before = await folder.snapshot();
    expect(await carryOutHook(await setting.work())).toMatchObject({ ok: true });
    const during = await folder.snapshot();
    expect(during["sites-enabled/shop"]).toBe(before["sites-enabled/shop"]);
    const head = (text = "") => text.split("\n")[0];
    expect(head(during["sites-available/shop.conf"])).toBe(head(before["sites-available/shop.conf"]));
    expect(during["sites-available/shop.conf"]).not.toBe(before["sites-available/shop.conf"]);
    expect(await carryOutHook(await setting.work(true))).toMatchObject({ ok: true });
    expect(await folder.snapshot()).toEqual(before);
  });

  it("leaves what somebody edits around its lines", async () => {
    await using setting = await start();
    const { folder } = setting;
    const file = join(folder.etc, "sites-enabled/shop");
    expect(await carryOutHook(await setting.work())).toMatchObject({ ok: true });
    const edited = (text: string) => `# mine\n${text.replace('"shop\\n"', '"new\\n"')}`;
    await writeFile(file, edited(await readFile(file, "utf8")));
    expect(await carryOutHook(await setting.work(true))).toMatchObject({ ok: true });
    expect(await readFile(file, "utf8")).toBe(edited(folder.filled(SHOP["sites-enabled/shop"] ?? "")));
    expect(await answer(folder)).toBe("new\n");
  });

  it("is not put in where a file was edited since the plan", async () => {
    await using setting = await start();
    const { folder } = setting;
    const work = await setting.work();
    await writeFile(
      join(folder.etc, "sites-enabled/shop"),
      `# mine\n${folder.filled(SHOP["sites-enabled/shop"] ?? "")}`,
    );
    const before = await folder.snapshot();
    expect(await carryOutHook(work)).toMatchObject({ ok: false, refusal: { code: "hook.drift" } });
    expect(await folder.snapshot()).toEqual(before);
  });

  it("is put back where the check does not pass, as of a file broken meanwhile", async () => {
    await using setting = await start();
    const { folder } = setting;
    const work = await setting.work();
    await writeFile(join(folder.etc, "conf.d/broken.conf"), "no such directive;");
    const before = await folder.snapshot();
    const refused = await carryOutHook(work);
    expect(refused).toMatchObject({ ok: false, refusal: { code: "hook.failed" } });
    expect(refused.ok ? "" : refused.refusal.message).toMatch(
      /unknown directive "no" in .*broken\.conf:1.*Every file is as it was\./,
    );
    expect(await folder.snapshot()).toEqual(before);
    expect(await answer(folder)).toBe("shop\n");
  });

  it("is put back where a file cannot be written", async () => {
    await using setting = await start();
    const { folder } = setting;
    const work = await setting.work();
    // A folder in the place of the temporary file: that also stops the root user.
    await mkdir(join(folder.etc, "sites-enabled", ".shop.backsoon", "in-the-way"), { recursive: true });
    const before = await folder.snapshot();
    const refused = await carryOutHook(work);
    expect(refused).toMatchObject({ ok: false, refusal: { code: "hook.failed" } });
    expect(refused.ok ? "" : refused.refusal.message).toMatch(
      /sites-enabled\/shop cannot be written.*Every file is as it was/,
    );
    expect(await folder.snapshot()).toEqual(before);
  });

  it("is put back where the reload has no effect", async () => {
    await using setting = await start();
    const { folder, adapter } = setting;
    const before = await folder.snapshot();
    const deaf = { ...adapter, reload: () => Promise.resolve(undefined) };
    const refused = await carryOutHook(await setting.work(false, { adapter: deaf, settleMs: 300 }));
    expect(refused).toMatchObject({ ok: false, refusal: { code: "hook.failed" } });
    expect(refused.ok ? "" : refused.refusal.message).toMatch(
      /shop\.example\.com\): It answered 301.*Every file is as it was/,
    );
    expect(await folder.snapshot()).toEqual(before);
  });

  it("says that the running server uses another file", async () => {
    await using setting = await start();
    const { folder } = setting;
    const work = await setting.work();
    await rename(folder.main, join(folder.etc, "other.conf"));
    await writeFile(folder.main, "events {}");
    expect(await carryOutHook(work)).toMatchObject({ ok: false, refusal: { code: "hook.drift" } });
  });

  it("goes where half of it was removed by hand, and never keeps nginx from starting", async () => {
    await using setting = await start();
    const { folder, adapter, nginx } = setting;
    const before = await folder.snapshot();
    expect(await carryOutHook(await setting.work())).toMatchObject({ ok: true });
    await rename(join(folder.etc, "backsoon"), join(folder.run, "taken"));
    expect(await adapter.check(nginx.instance)).toBeUndefined();
    expect(await carryOutHook(await setting.work(true))).toMatchObject({ ok: true });
    expect(await folder.snapshot()).toEqual(before);
    expect((await stat(join(folder.run, "taken"))).isDirectory()).toBe(true);
  });
});
