/** Finds a real Apache, however it was started, and asks it as it runs. */
import { once } from "node:events";
import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { apacheAdapter } from "../../../../../server-agent/adapters/apache/apache-adapter.ts";
import { apacheFolder, HAS_APACHE, startApache } from "../../../../support/web-servers/apache.ts";

const SITE = `<IfDefine EXTRA>
<VirtualHost 127.0.0.1:@PORT1@ 127.0.0.2:@PORT1@>
    ServerName \${SHOP_NAME}
    SSLEngine on
    SSLCertificateFile @CERT@
    SSLCertificateKeyFile @KEY@
</VirtualHost>
</IfDefine>
<VirtualHost 127.0.0.1:@PORT2@>
    ServerName blog.example
</VirtualHost>
`;

describe.runIf(HAS_APACHE)("a running Apache", () => {
  it("is asked with the arguments and the environment that it was started with", async () => {
    await using folder = await apacheFolder({
      etc: {
        "sites-enabled/shop.conf": SITE,
        "ports.conf": "Listen 127.0.0.1:@PORT1@\nListen 127.0.0.2:@PORT1@\nListen @PORT2@\n",
      },
    });
    // `-d` as Debian's instances have it: the folder, with the usual name below.
    const options = { args: ["-d", folder.etc, "-D", "EXTRA"], environment: { SHOP_NAME: "shop.example" } };
    await using apache = await startApache(folder, options);
    const adapter = apacheAdapter({ webFolder: join(folder.run, "web"), token: "t" });
    expect(apache.instance).toMatchObject({
      kind: "apache",
      configuration: folder.main,
      args: ["-d", folder.etc, "-D", "EXTRA", "-D", "FOREGROUND"],
      user: "www-data",
    });
    expect(apache.instance.version).toMatch(/^2\.4\.\d+$/);
    const { sites, problems, questions } = await adapter.read(apache.instance);
    expect(problems).toEqual([]);
    expect(
      sites.map(({ id, listeners }) => [id, listeners.map(({ address, port, tls }) => [address, port, tls])]),
    ).toEqual([
      [
        "shop.example",
        [
          ["127.0.0.1", folder.port(1), true],
          ["127.0.0.2", folder.port(1), true],
        ],
      ],
      ["blog.example", [["127.0.0.1", folder.port(2), false]]],
    ]);
    expect(sites[0]?.certificates[0]?.expiresAt).toMatch(/^\d{4}-/);
    expect(questions.map(({ connectTo, host }) => `${connectTo} ${host}`)).toEqual([
      "127.0.0.1 shop.example",
      "127.0.0.2 shop.example",
      "127.0.0.1 blog.example",
    ]);
    expect(await adapter.check(apache.instance)).toBeUndefined();

    // A slip of somebody's: what is on disk cannot be read, and Apache's own words say why.
    const slip = join(folder.etc, "conf-enabled/slip.conf");
    await writeFile(slip, "Nonsense On\n");
    const broken = await adapter.read(apache.instance);
    expect(broken.sites).toEqual([]);
    expect(broken.problems.join()).toMatch(/does not accept its configuration on disk: .*Nonsense/);
    expect(await adapter.check(apache.instance)).toMatch(/Nonsense/);
    expect(adapter.plan(apache.instance, broken, ["shop.example"], false).refused).toHaveLength(1);
    expect(await readFile(slip, "utf8")).toBe("Nonsense On\n");
  });

  it("is none that only looks at a configuration, and no other program of that name", async () => {
    await using folder = await apacheFolder({ etc: {} });
    await using apache = await startApache(folder);
    const adapter = apacheAdapter({ webFolder: join(folder.run, "web"), token: "t" });
    const stands = spawn("sleep", ["60"], { argv0: "apache2", stdio: "ignore" });
    try {
      await once(stands, "spawn");
      const { instances, problems } = await adapter.find();
      expect(instances.filter(({ configuration }) => configuration === folder.main)).toHaveLength(1);
      expect(instances.some(({ pid }) => pid === stands.pid)).toBe(false);
      expect(problems.join()).toContain(`process id ${String(stands.pid)} cannot be looked at`);
      expect(apache.pid).toBeGreaterThan(0);
    } finally {
      stands.kill();
    }
  });
});
