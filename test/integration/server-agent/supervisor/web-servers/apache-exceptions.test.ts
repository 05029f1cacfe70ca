/** Exceptions that a real Apache decides by files, and those that it cannot decide. */
import { once } from "node:events";
import { request } from "node:http";
import { describe, expect, it } from "vitest";
import type { Condition } from "../../../../../server-agent/contract/condition.ts";
import { agentBeside, prepared, visitorOf } from "../../../../../tools/driving/web-servers/beside.ts";
import { apacheFolder, HAS_APACHE, startApache } from "../../../../support/web-servers/apache.ts";

/** It answers everything with 404, so that it is told from the page. */
const SITE = {
  etc: {
    "sites-enabled/shop.conf": `<VirtualHost 127.0.0.1:@PORT1@>
    ServerName shop.example
    ServerAlias staff.shop.example *.tenants.example
    DocumentRoot @RUN@/www
</VirtualHost>
`,
  },
  www: { "index.html": "the shop" },
};

const EXCEPTIONS: Condition[] = [
  { path: ["/health", "/hooks/*", "/a/b/c/*", "/ä b"] },
  { from: ["127.0.0.1"], path: "/from-here" },
  { from: ["127.0.9.0/24", "127.2.0.0/15", "127.0.0.77"] },
  { header: { "X-Staff": "let me/in?" } },
  { cookie: { backsoon_pass: ["s3cret-1", "s3cret-2"] } },
  { all: [{ path: "/api/*" }, { method: ["PUT", "DELETE"] }, { from: "127.0.0.5" }] },
  {
    any: [
      { extension: "png", tls: false },
      { path: "/tls", tls: true },
    ],
  },
];

type Asked = Readonly<{ path?: string; method?: string; from?: string; headers?: Readonly<Record<string, string>> }>;

const LET_IN: Asked[] = [
  { path: "/health" },
  { path: "/hooks/" },
  { path: "/hooks/payment?x=1" },
  { path: "/a/b/c/d/e" },
  { path: "/%C3%A4%20b" },
  { path: "//hooks/./x" },
  { from: "127.0.9.200" },
  { from: "127.3.2.1" },
  { from: "127.0.0.77" },
  { headers: { "x-staff": "let me/in?" } },
  { headers: { cookie: "backsoon_pass=s3cret-1" } },
  { headers: { cookie: "a=b; backsoon_pass=s3cret-2; c=d" } },
  { path: "/api/x", method: "PUT", from: "127.0.0.5" },
  { path: "/pictures/cat.PNG" },
  { headers: { host: "staff.shop.example" } },
  { headers: { host: "Lab.Tenants.example:80" } },
];

const CLOSED: Asked[] = [
  {},
  { path: "/hooks" },
  { path: "/healthy" },
  { path: "/Health" },
  { path: "/a/b/x" },
  { path: "/hooks/../admin" },
  { path: "/hooks/%2e%2e/admin" },
  { from: "127.0.10.1" },
  { headers: { "x-staff": "LET ME/IN?" } },
  { headers: { "x-staff": "" } },
  { headers: { cookie: "backsoon_pass=s3cret-3" } },
  { headers: { cookie: "xbacksoon_pass=s3cret-1" } },
  { headers: { cookie: "backsoon_pass=s3cret-12" } },
  { headers: { cookie: "backsoon_pass=*; x=../../etc/passwd" } },
  { path: "/api/x", method: "PUT" },
  { path: "/api/x", method: "GET", from: "127.0.0.5" },
  { path: "/tls" },
  { path: "/.png" },
  { headers: { host: "shop.example", "x-forwarded-for": "127.0.9.1" } },
  { headers: { host: "other.tenants.example" } },
];

const IMPOSSIBLE: [Condition, string][] = [
  [{ pathRegex: "^/x" }, "/pathRegex"],
  [{ query: { key: "x" } }, "/query"],
  [{ not: { path: "/x" } }, "/not"],
  [{ header: { "X-Staff": true } }, "/header/X-Staff"],
  [{ header: { "X-Staff": "~^a" } }, "/header/X-Staff"],
  [{ cookie: { a: "~b" } }, "/cookie/a"],
  [{ from: "2001:db8::/32" }, "/from"],
  [{ path: "/1/2/3/4/5/*" }, "/path"],
];

describe.skipIf(!HAS_APACHE)("an exception of a site of Apache", () => {
  it("is decided as the agent decides it, also while the agent is dead, or refused before anything changes", async () => {
    await using folder = await apacheFolder(SITE);
    await using apache = await startApache(folder);
    await using agent = await agentBeside();
    await prepared(agent, folder);
    const visit = visitorOf(folder);

    for (const [exception, where] of IMPOSSIBLE) {
      const body = { site: "shop.example", exceptions: [{ path: "/health" }, exception] };
      for (const refused of [
        await agent.tryCall("planMaintenance", { body }),
        await agent.tryCall("startMaintenance", { body }),
      ]) {
        expect(refused).toMatchObject({ ok: false, error: { code: "exception.unsupported" } });
        const [problem] = refused.ok ? [] : (refused.error.details.problems ?? []);
        expect(problem?.path).toBe(`/virtualHosts/0/when/not/any/1${where}`);
      }
    }
    expect((await visit()).status).toBe(200);

    const options = { site: "shop.example", page: { title: "Stocktaking" }, exceptions: EXCEPTIONS };
    const internalHosts = ["staff.shop.example", "lab.tenants.example"];
    const receipt = await agent.call("startMaintenance", { body: { ...options, internalHosts } });
    const port = folder.port(1);
    const statuses = async (all: readonly Asked[]) => {
      const seen: [Asked, boolean][] = [];
      for (const asked of all) seen.push([asked, (await statusOf(port, asked)) !== 503]);
      return seen;
    };
    const right = [...LET_IN.map((asked) => [asked, true]), ...CLOSED.map((asked) => [asked, false])];
    expect(await statuses([...LET_IN, ...CLOSED])).toEqual(right);
    // The site itself answers 404.
    const passLink = { path: "/.well-known/backsoon/pass", headers: { "x-staff": "let me/in?" } };
    expect(await statusOf(port, passLink), "a link of a pass, for whom another exception lets in").toBe(200);
    const proof = await agent.call("proveMaintenance", { params: { id: receipt.id } });
    expect(proof.cells.filter(({ outcome }) => outcome === "wrong")).toEqual([]);
    expect(await apache.log()).not.toMatch(/:(?:error|crit|alert|emerg)\]/);

    process.kill(agent.pid, "SIGKILL");
    await agent.ended;
    await expect.poll(async () => (await visit()).headers["backsoon-site"]).toBe("shop.example; fallback");
    expect(await statuses([...LET_IN, ...CLOSED])).toEqual(right);
  });
});

async function statusOf(port: number, { path = "/", method = "GET", from, headers }: Asked): Promise<number> {
  const asked = request({
    host: "127.0.0.1",
    port,
    path,
    method,
    localAddress: from ?? "127.0.0.1",
    headers: { host: "shop.example", connection: "close", ...headers },
  });
  asked.end();
  const [answer] = (await once(asked, "response")) as [{ statusCode?: number; resume: () => void }];
  answer.resume();
  return answer.statusCode ?? 0;
}
