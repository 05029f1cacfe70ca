/** `POST /v1/import`: every kind of configuration, as a client sends it, on a real agent. */
import { mkdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Imported, ImportRequest } from "../../../../server-agent/contract/importing/import.ts";
import { makeFolder, startAgent, type TestAgent } from "../../../../tools/driving/agent.ts";

let agent: TestAgent;
let folder: string;
beforeAll(async () => {
  agent = await startAgent();
  folder = await makeFolder();
});
afterAll(() => agent.close());

async function refused(body: ImportRequest): Promise<{ code: string; message: string }> {
  const reply = await agent.tryCall("import", { body });
  if (reply.ok) throw new Error("it was imported");
  return reply.error;
}

/** What became of each directive, by its text. */
function outcomes({ report }: Imported): Record<string, string> {
  return Object.fromEntries(
    report.map(({ file, line, text, outcome }) => [`${file}:${String(line)}: ${text}`, outcome]),
  );
}

const NGINX = `# configuration file /etc/nginx/nginx.conf:
events { }
http {
    include /etc/nginx/sites/*;
}

# configuration file /etc/nginx/sites/shop:
server {
    listen 8080;
    server_name shop.example;
    location / { proxy_pass http://127.0.0.1:3000; }
    location /lua { access_by_lua_block { ngx.exit(403) } }
}

`;

describe("is imported, and nothing changes", () => {
  it("what nginx -T prints", async () => {
    const { generation } = await agent.call("getAgent");
    const imported = await agent.call("import", { body: { path: "/etc/nginx/nginx.conf", text: NGINX } });
    expect(imported.format).toBe("nginx");
    expect(imported.config.virtualHosts.map(({ id, hosts }) => [id, hosts])).toEqual([
      ["shop.example", ["shop.example"]],
      ["default", ["*"]],
    ]);
    expect(outcomes(imported)).toMatchObject({
      "/etc/nginx/sites/shop:3: server_name shop.example;": "changed",
      "/etc/nginx/sites/shop:5: access_by_lua_block {": "closed",
    });
    expect((await agent.call("getAgent")).generation).toBe(generation);
  });

  it("a cherokee.conf", async () => {
    const text = [
      "server!bind!1!port = 8081",
      "vserver!20!nick = shop",
      "vserver!20!match = wildcard",
      "vserver!20!match!domain!1 = shop.example",
      "vserver!20!rule!1!match = default",
      "vserver!20!rule!1!handler = custom_error",
      "vserver!20!rule!1!handler!error = 403",
      "vserver!10!nick = default",
      "vserver!10!rule!1!match = default",
      "vserver!10!rule!1!handler = custom_error",
      "vserver!10!rule!1!handler!error = 404",
    ].join("\n");
    const imported = await agent.call("import", { body: { path: "/etc/cherokee/cherokee.conf", text } });
    expect(imported.format).toBe("cherokee");
    expect(imported.config.virtualHosts.map(({ id }) => id)).toEqual(["shop", "default"]);
  });

  it("Apache's, with files that were sent and files of the server", async () => {
    await mkdir(join(folder, "sites"), { recursive: true });
    await writeFile(
      join(folder, "sites/blog.conf"),
      "<VirtualHost *:8082>\nServerName blog.example\nDocumentRoot /srv/blog\n</VirtualHost>\n",
    );
    const imported = await agent.call("import", {
      body: {
        path: join(folder, "apache2.conf"),
        text: "Listen 8082\nInclude sites/*.conf\nIncludeOptional nowhere/*.conf\n",
        files: [
          {
            path: join(folder, "sites/shop.conf"),
            text: "<VirtualHost *:8082>\nServerName shop.example\nDocumentRoot /srv/shop\n</VirtualHost>\n",
          },
        ],
      },
    });
    expect(imported.format).toBe("apache");
    expect(imported.config.virtualHosts.map(({ id }) => id)).toEqual(["blog.example", "shop.example", "default"]);
    expect(outcomes(imported)).toMatchObject({
      [`${folder}/apache2.conf:3: includeoptional nowhere/*.conf`]: "left",
      [`${folder}/sites/shop.conf:2: servername shop.example`]: "carried",
    });
  });

  it("a Caddyfile, with what it imports, as Caddy reads it", async () => {
    const imported = await agent.call("import", {
      body: {
        path: "/etc/caddy/Caddyfile",
        text: "import sites/*\n",
        files: [{ path: "/etc/caddy/sites/shop", text: 'http://shop.example:8083 {\n\trespond "hello"\n}\n' }],
      },
    });
    expect(imported.format).toBe("caddy");
    expect(imported.config.virtualHosts[0]).toMatchObject({ id: "shop.example", hosts: ["shop.example"] });
    expect(imported.report.every(({ file }) => file === "/etc/caddy/Caddyfile")).toBe(true);
  });

  it("a file of the server", async () => {
    const path = join(folder, "nginx.conf");
    await writeFile(path, "http {\n server {\n  listen 80;\n  server_name a.example;\n  return 204;\n }\n}\n");
    const imported = await agent.call("import", { body: { path } });
    expect(imported.config.virtualHosts[0]?.id).toBe("a.example");
  });
});

describe("is refused, with file and line", () => {
  it.each<[string, ImportRequest, string, RegExp]>([
    ["a file that is not there", { path: "/nowhere/nginx.conf" }, "options.invalid", /^\/path: cannot read .*ENOENT/],
    ["a folder", { path: "/etc" }, "options.invalid", /^\/path: cannot read \/etc: it is not a file$/],
    ["no known kind", { path: "/a.conf", text: "hello" }, "options.invalid", /^\/format: it is not recognized/],
    ["no text", { path: "/a.png", text: "\x89PNG\0" }, "import.unusable", /^\/a\.png is not a text file\.$/],
    [
      "a text that ends too early",
      { path: "/n.conf", text: "http {\n server {\n  listen 80;\n" },
      "import.unusable",
      /^\/n\.conf:4: unexpected end of the file\.$/,
    ],
    [
      "another kind than it was said to be",
      { path: "/n.conf", text: "<VirtualHost *:80>\n</VirtualHost>\n", format: "nginx" },
      "import.unusable",
      /^\/n\.conf:/,
    ],
    [
      "an include that is missing",
      { path: "/n.conf", text: "http {\n include /nowhere/x.conf;\n}\n" },
      "import.unusable",
      /^\/n\.conf:2: \/nowhere\/x\.conf cannot be read/,
    ],
    [
      "a Caddyfile that Caddy does not take",
      { path: "/etc/caddy/Caddyfile", text: "a.example {\n\tnonsense\n}\n" },
      "import.unusable",
      /\/etc\/caddy\/Caddyfile:2.*nonsense/,
    ],
    [
      "a file of which another is the folder",
      {
        path: "/etc/caddy/Caddyfile",
        text: "a.example {\n}\n",
        files: [
          { path: "/etc/caddy/a", text: "x" },
          { path: "/etc/caddy/a/b", text: "x" },
        ],
        format: "caddy",
      },
      "import.unusable",
      /^the files that were sent cannot be laid out: /,
    ],
    // Reading it would take messages of the kernel away from others.
    ["what has no size", { path: "/proc/kmsg" }, "options.invalid", /^\/format: it is not recognized/],
  ])("%s", async (_, body, code, message) => {
    const error = await refused(body);
    expect(error.message).toMatch(message);
    expect(error.code).toBe(code);
  });

  it("a file of more than 64 MB, which is not read", async () => {
    const path = join(await makeFolder(), "huge.conf");
    await writeFile(path, "");
    await truncate(path, 64 * 1024 * 1024 + 1);
    expect((await refused({ path })).message).toMatch(/it has more than 64 MB/);
  });

  it("more than 5 MB", async () => {
    const { code, message } = await refused({ path: "/n.conf", text: "# x\n".repeat(1_500_000) });
    expect(code).toBe("import.unusable");
    expect(message).toMatch(/5\.7 MB; at most 5 MB/);
  });

  it("devices and pipes are not waited for", async () => {
    const { message } = await refused({ path: "/n.conf", text: "http {\n include /dev/zero;\n}\n" });
    expect(message).toMatch(/^\/n\.conf:2: \/dev\/zero cannot be read/);
  });
});
