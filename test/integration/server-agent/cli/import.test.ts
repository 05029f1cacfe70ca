/** `import`: what another web server served, served by the agent. */
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Config } from "../../../../server-agent/contract/config.ts";
import type { ImportLine } from "../../../../server-agent/contract/importing/import.ts";
import { runAgentVerb, startAgent } from "../../../../tools/driving/agent.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "import-"));
  await mkdir(join(folder, "shop/sub"), { recursive: true });
  await writeFile(join(folder, "shop/index.html"), "the shop");
  await writeFile(join(folder, "shop/sub/a.foo"), "a file");
  await writeFile(join(folder, "shop/down.html"), "we are back soon");
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** With any free port for its listeners. */
async function imported(name: string, text: string): Promise<{ config: Config; report: ImportLine[] }> {
  const file = join(folder, name);
  await writeFile(file, text);
  const { code, stdout, stderr } = await runAgentVerb(["import", file, "--json"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { config, report } = JSON.parse(stdout) as { config: Config; report: ImportLine[] };
  return { config: { ...config, listeners: config.listeners.map((each) => ({ ...each, port: 0 })) }, report };
}

it("serves what a cherokee.conf says, and does its recipe for maintenance", async () => {
  const application = createServer((request, response) => {
    response.end(`${request.headers.host ?? ""} ${request.url ?? ""}`);
  }).listen(0, "127.0.0.1");
  await once(application, "listening");
  const { port } = application.address() as AddressInfo;
  const conf = `
server!bind!1!port = 8081
server!bind!1!interface = 127.0.0.1
vserver!20!nick = shop
vserver!20!document_root = ${folder}/shop
vserver!20!match = wildcard
vserver!20!match!domain!1 = shop.example
vserver!20!rule!30!match = directory
vserver!20!rule!30!match!directory = /api
vserver!20!rule!30!handler = proxy
vserver!20!rule!30!handler!in_preserve_host = 1
vserver!20!rule!30!handler!balancer = round_robin
vserver!20!rule!30!handler!balancer!source!1 = 1
vserver!20!rule!20!match = request
vserver!20!rule!20!match!request = ^/old/(.*)$
vserver!20!rule!20!handler = redir
vserver!20!rule!20!handler!rewrite!1!show = 1
vserver!20!rule!20!handler!rewrite!1!substring = /sub/$1
vserver!20!rule!1!match = default
vserver!20!rule!1!handler = common
vserver!20!rule!1!header_op!1!type = add
vserver!20!rule!1!header_op!1!header = X-From
vserver!20!rule!1!header_op!1!value = cherokee
vserver!10!nick = default
vserver!10!document_root = ${folder}
vserver!10!rule!1!match = default
vserver!10!rule!1!handler = custom_error
vserver!10!rule!1!handler!error = 404
source!1!type = host
source!1!host = 127.0.0.1:${String(port)}
mime!application/x-foo!extensions = foo
`;
  try {
    await using agent = await startAgent({ config: (await imported("cherokee.conf", conf)).config });
    const host = "shop.example";
    const visit = async (path: string) => {
      const { status, text, headers } = await agent.visit({ host, path });
      return { status, text, type: headers["content-type"], location: headers.location, from: headers["x-from"] };
    };
    expect(await visit("/")).toMatchObject({ status: 200, text: "the shop", from: "cherokee" });
    expect(await visit("/sub/a.foo")).toMatchObject({ status: 200, text: "a file", type: "application/x-foo" });
    expect(await visit("/old/a.foo?x=1")).toMatchObject({ status: 301, location: "/sub/a.foo?x=1" });
    expect(await visit("/api")).toMatchObject({ status: 301, location: "/api/" });
    expect(await visit("/api/orders?id=1")).toMatchObject({ status: 200, text: `${host} /orders?id=1` });
    expect(await agent.visit({ host: "other.example" })).toMatchObject({ status: 404 });

    // The recipe, as it is done here: every visitor gets 503, and another name what it had.
    await agent.call("startMaintenance", { body: { site: "shop" } });
    expect(await visit("/")).toMatchObject({ status: 503, from: undefined });
    expect(await agent.visit({ host: "other.example" })).toMatchObject({ status: 404 });
  } finally {
    application.close();
  }

  // As Cherokee's admin leaves it: a clone above the original, with one rule and a page of its own.
  const clone = `
vserver!30!nick = shop Copy
vserver!30!document_root = ${folder}/shop
vserver!30!match = wildcard
vserver!30!match!domain!1 = shop.example
vserver!30!error_handler = error_redir
vserver!30!error_handler!503!show = 0
vserver!30!error_handler!503!url = /down.html
vserver!30!rule!1!match = default
vserver!30!rule!1!handler = custom_error
vserver!30!rule!1!handler!error = 503
vserver!30!rule!1!header_op!1!type = add
vserver!30!rule!1!header_op!1!header = Retry-After
vserver!30!rule!1!header_op!1!value = 600
`;
  await using agent = await startAgent({ config: (await imported("clone.conf", conf + clone)).config });
  for (const method of ["GET", "POST"]) {
    const answer = await agent.visit({ host: "shop.example", path: "/anything", method });
    expect(answer).toMatchObject({ status: 503, text: "we are back soon" });
    expect(answer.headers).toMatchObject({ "retry-after": "600", "content-type": "text/html; charset=utf-8" });
  }
  expect(await agent.visit({ host: "other.example" })).toMatchObject({ status: 404 });
});

it("says where a file cannot be read, and what it made of the rest", async () => {
  const file = join(folder, "some.conf");
  await writeFile(file, "vserver!1!nick = default\nnonsense\n");
  expect(await runAgentVerb(["import", file])).toEqual({
    code: 2,
    stdout: "",
    stderr: `${file}:2: \`nonsense\` is no \`KEY = VALUE\`\n`,
  });
  await writeFile(file, "vserver!1!nick = default\nvserver!1!user_dir = public_html\n");
  const out = join(folder, "out.json");
  const made = await runAgentVerb(["import", file, "--out", out]);
  expect(made).toMatchObject({ code: 0, stdout: "" });
  expect(made.stderr).toContain(`${file}:2: vserver!1!user_dir = public_html\n      there are no folders of users`);
  expect(made.stderr).toMatch(/: 2 directives; 1 carried over, 1 not carried over\n$/);
  expect((await runAgentVerb(["check", out])).code).toBe(0);
});
