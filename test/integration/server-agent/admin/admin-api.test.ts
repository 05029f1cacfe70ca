/** Every route and every refusal of the admin API, on a real agent's socket. */
import { once } from "node:events";
import { stat } from "node:fs/promises";
import { Agent, type IncomingMessage, request } from "node:http";
import { connect, createServer } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bindAdminServer } from "../../../../server-agent/admin/admin-server.ts";
import type { AdminRoutes } from "../../../../server-agent/admin/route.ts";
import { AdminError, ERROR_STATUS } from "../../../../server-agent/contract/errors.ts";
import { API_VERSION } from "../../../../server-agent/contract/agent.ts";
import type { Config } from "../../../../server-agent/contract/config.ts";
import { ROUTES, type Reply, type RouteName } from "../../../../server-agent/contract/routes.ts";
import { Snapshot } from "../../../../server-agent/contract/events.ts";
import { createLog } from "../../../../server-agent/log.ts";
import {
  makeFolder,
  smallConfig,
  startAgent,
  type Answer,
  type TestAgent,
  type Visit,
} from "../../../../tools/driving/agent.ts";

const json = { "content-type": "application/json" };
/** A document with one more site, so that it differs. */
function withSite(id: string): Config {
  return {
    ...smallConfig(),
    virtualHosts: [
      { id, hosts: [`${id}.example.com`], rules: [{ handler: { type: "respond", body: id } }] },
      ...smallConfig().virtualHosts,
    ],
  };
}

let agent: TestAgent;
beforeAll(async () => {
  agent = await startAgent();
});
afterAll(() => agent.close());

function errorOf(answer: Answer): AdminError {
  const error = AdminError.parse(JSON.parse(answer.text));
  expect(answer.status).toBe(ERROR_STATUS[error.code]);
  expect(answer.headers["backsoon-request-id"]).toBe(error.requestId);
  return error;
}

async function refusal(visit: Visit): Promise<AdminError> {
  return errorOf(await agent.admin(visit));
}

describe("the socket", () => {
  it("has mode 0600 and is gone after the agent", async () => {
    await using other = await startAgent();
    const found = await stat(other.socketPath);
    expect(found.isSocket()).toBe(true);
    expect((found.mode & 0o777).toString(8)).toBe("600");
    await other.kill("SIGTERM");
    await expect(stat(other.socketPath)).rejects.toThrow("ENOENT");
  });

  it("has mode 0600 also under a umask that allows everything", async () => {
    await using other = await startAgent({ wrapper: ["sh", "-c", 'umask 0; exec "$@"', "sh"] });
    expect(((await stat(other.socketPath)).mode & 0o777).toString(8)).toBe("600");
    expect(((await stat(other.stateDirectory)).mode & 0o777).toString(8)).toBe("700");
    expect(((await stat(path.join(other.stateDirectory, "generations/000001.json"))).mode & 0o777).toString(8)).toBe(
      "600",
    );
  });

  it.runIf(process.getuid?.() === 0)("belongs to the user who is named, also after a hand-over", async () => {
    await using other = await startAgent({ args: ["--socket-owner", "12345"] });
    const owner = async () => {
      const { uid, mode } = await stat(other.socketPath);
      return [uid, (mode & 0o777).toString(8)];
    };
    expect(await owner()).toEqual([12_345, "600"]);
    const { pid } = await other.call("handOver", { body: {} });
    expect(await owner()).toEqual([12_345, "600"]);
    expect(pid).not.toBe(other.pid);
    process.kill(pid, "SIGTERM");
  });

  it("keeps connections alive", async () => {
    const connection = new Agent({ keepAlive: true, maxSockets: 1 });
    const ports = new Set<object>();
    for (let call = 0; call < 3; call++) {
      const [response] = (await once(
        request({ socketPath: agent.socketPath, path: "/v1/agent", agent: connection }).end(),
        "response",
      )) as [IncomingMessage];
      ports.add(response.socket);
      response.resume();
      await once(response, "end");
    }
    connection.destroy();
    expect(ports.size).toBe(1);
  });
});

describe("reading", () => {
  it("says what the agent is", async () => {
    const info = await agent.call("getAgent");
    expect(info).toMatchObject({ pid: agent.pid, apiVersion: API_VERSION, listeners: agent.listeners });
    expect(info.workers).toHaveLength(1);
  });

  it("gives the configuration with its generation as ETag", async () => {
    const answer = await agent.admin({ path: "/v1/config" });
    const { generation } = JSON.parse(answer.text) as { generation: number };
    expect(answer.headers.etag).toBe(`"${String(generation)}"`);
    expect(answer.headers["backsoon-api-version"]).toBe(String(API_VERSION));
  });

  it("explains who would answer", async () => {
    const explanation = await agent.call("explain", {
      query: { url: "http://shop.example.com/cart?x=1", method: "POST", from: "192.0.2.7" },
    });
    expect(explanation.answer).toEqual({ virtualHost: "shop", site: "shop", rule: 0, handler: "respond", status: 200 });
    expect(explanation).toMatchObject({ method: "POST", url: "http://shop.example.com/cart?x=1" });
    expect(explanation.virtualHosts.map(({ id, outcome }) => [id, outcome])).toEqual([
      ["shop", "answers"],
      ["default", "not-reached"],
    ]);
  });

  it.each([
    ["http://shop.example.com/cart?id=1&b=2?c", { virtualHost: "query" }],
    ["http://user:word@shop.example.com/", { virtualHost: "shop" }],
    ["http://shop.example.com/käse", { virtualHost: "cheese" }],
    ["http://Käse.example.com/", { virtualHost: "idn" }],
  ])("explains the address as people write it: %s", async (url, answer) => {
    const body = "x";
    const rules: Config["virtualHosts"][number]["rules"] = [{ handler: { type: "respond", body } }];
    const hosts = ["shop.example.com"];
    await using other = await startAgent({
      config: {
        ...smallConfig(),
        virtualHosts: [
          { id: "query", hosts, when: { query: { b: "2?c", id: "1" } }, rules },
          { id: "cheese", hosts, when: { path: "/käse" }, rules },
          { id: "idn", hosts: ["xn--kse-qla.example.com"], rules },
          ...smallConfig().virtualHosts,
        ],
      },
    });
    expect((await other.call("explain", { query: { url } })).answer).toMatchObject(answer);
    if (url.endsWith("?c"))
      expect(
        (
          JSON.parse(
            (await other.admin({ path: `/v1/explain?url=${url.replace("&", "%26")}` })).text,
          ) as Reply<"explain">
        ).url,
      ).toBe(url);
  });

  it("writes well-formed Prometheus text", async () => {
    await agent.visit();
    const text = await agent.call("metrics");
    const line =
      /^(# (HELP|TYPE) \w+ .+|\w+(\{\w+="([^"\\\n]|\\[\\"n])*"(,\w+="([^"\\\n]|\\[\\"n])*")*\})? [0-9.e+-]+)$/;
    expect(
      text
        .trimEnd()
        .split("\n")
        .filter((row) => !line.test(row)),
    ).toEqual([]);
    expect(text).toMatch(/^backsoon_generation \d+$/m);
    expect(text).toMatch(/^backsoon_requests_in_flight\{generation="\d+",state="active"\} 0$/m);
  });

  it("counts for sites whose ids are names of what every object has", async () => {
    const sites = ["constructor", "toString", "valueOf"].map((id) => ({
      ...smallConfig().virtualHosts[0],
      id,
      hosts: [`${id}.test`],
    }));
    await using other = await startAgent({
      config: { ...smallConfig(), virtualHosts: [...(sites as Config["virtualHosts"]), ...smallConfig().virtualHosts] },
    });
    await using events = await other.events();
    await other.visit({ host: "constructor.test" });
    await events.until(
      (line) =>
        line.type === "metrics" &&
        Object.entries(line.metrics).some(([id, { requests }]) => id === "constructor" && requests === 1),
    );
    await other.call("startMaintenance", { body: { site: "constructor", copycat: "hasOwnProperty" } });
    await using later = await other.events();
    const snapshot = Snapshot.parse(await later.next());
    expect(snapshot.maintenance[0]?.counts).toMatchObject({ refused: 0, excepted: 0, drained: 0, cut: 0, draining: 0 });
    expect(await other.call("metrics")).not.toContain("NaN");
  });

  it("plans without changing anything", async () => {
    const before = await agent.call("getConfig");
    const plan = await agent.call("planMaintenance", { body: { site: "shop" } });
    expect(plan.after.virtualHosts[0]?.id).toBe("shop-copycat");
    expect(await agent.call("getConfig")).toEqual(before);
  });

  it("checks a document like PUT would, with the ports, and changes nothing", async () => {
    const before = await agent.call("getConfig");
    expect(await agent.call("checkConfig", { body: withSite("checked") })).toEqual({ ok: true, problems: [] });
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as { port: number };
    const bad = {
      ...withSite("checked"),
      listeners: [...smallConfig().listeners, { name: "taken", address: "127.0.0.1", port }],
    };
    const checked = await agent.call("checkConfig", { body: bad });
    expect(checked).toMatchObject({
      ok: false,
      problems: [{ path: "/listeners/1/port", code: "listener.eaddrinuse" }],
    });
    taken.close();
    expect(await agent.call("checkConfig", { body: { listeners: [] } })).toMatchObject({ ok: false });
    expect(await agent.call("getConfig")).toEqual(before);
  });
});

describe("writing the configuration", () => {
  it("replaces it, keeps the history and rolls back to any generation", async () => {
    await using other = await startAgent();
    expect(
      await other.call("putConfig", {
        body: withSite("news"),
        ifMatch: 1,
        query: { author: "anna", reason: "news go live" },
      }),
    ).toEqual({ generation: 2 });
    expect((await other.visit({ host: "news.example.com" })).text).toBe("news");
    const { generations } = await other.call("listGenerations");
    expect(generations).toMatchObject([
      {
        generation: 2,
        state: "active",
        author: "anna",
        reason: "news go live",
        changes: [{ kind: "added", virtualHost: "news" }],
      },
      { generation: 1, state: "retired", changes: [] },
    ]);
    expect(await other.call("activateGeneration", { params: { n: 1 }, body: { author: "ben" }, ifMatch: 2 })).toEqual({
      generation: 3,
    });
    expect((await other.call("getConfig")).config).toEqual(smallConfig());
    expect((await other.visit({ host: "news.example.com" })).status).toBe(404);
  });

  it("keeps the order of keys as it was sent", async () => {
    await using other = await startAgent();
    const { listeners, virtualHosts } = withSite("news");
    await other.call("putConfig", { body: { virtualHosts, listeners }, ifMatch: "*" });
    expect((await other.admin({ path: "/v1/config" })).text).toBe(
      JSON.stringify({ generation: 2, config: { virtualHosts, listeners } }),
    );
  });

  it("opens and closes listeners without touching the others", async () => {
    await using other = await startAgent();
    const more: Config = {
      ...smallConfig(),
      listeners: [...smallConfig().listeners, { name: "second", address: "127.0.0.1", port: 0 }],
    };
    await other.call("putConfig", { body: more, ifMatch: 1 });
    const { listeners } = await other.call("getAgent");
    expect(listeners[0]).toEqual(other.listeners[0]);
    const second = listeners[1]?.port ?? 0;
    expect((await other.visit({ port: second })).text).toBe("live");
    await other.call("putConfig", { body: smallConfig(), ifMatch: 2 });
    expect((await other.visit()).text).toBe("live");
    await expect(other.visit({ port: second })).rejects.toThrow(/ECONNREFUSED|ECONNRESET/);
  });

  it("keeps the socket of a listener that only gets another name", async () => {
    await using other = await startAgent();
    const renamed: Config = { ...smallConfig(), listeners: [{ name: "web", address: "127.0.0.1", port: other.port }] };
    await other.call("putConfig", { body: renamed, ifMatch: 1 });
    expect((await other.call("getAgent")).listeners).toEqual([{ name: "web", address: "127.0.0.1", port: other.port }]);
    expect((await other.visit()).text).toBe("live");
  });

  it("lets exactly one of two writers win who read the same generation", async () => {
    await using other = await startAgent();
    for (let generation = 1; generation < 6; generation++) {
      const replies = await Promise.all(
        ["one", "two"].map((id) => other.tryCall("putConfig", { body: withSite(id), ifMatch: generation })),
      );
      const won = replies.filter((reply) => reply.ok);
      const lost = replies.flatMap((reply) => (reply.ok ? [] : [reply.error]));
      expect(won).toEqual([{ ok: true, value: { generation: generation + 1 } }]);
      expect(lost).toMatchObject([{ code: "config.stale", details: { generation: generation + 1 } }]);
    }
  });

  it("lets exactly one of two operators win who start maintenance at once, and one who reverts against one who starts", async () => {
    await using other = await startAgent();
    const started = await Promise.all(
      [1, 2].map(() => other.tryCall("startMaintenance", { body: { site: "shop" }, ifMatch: 1 })),
    );
    expect(started.filter(({ ok }) => ok)).toHaveLength(1);
    expect(started.flatMap((reply) => (reply.ok ? [] : [reply.error.code]))).toEqual(["config.stale"]);
  });

  it.each(['"1"', "1", " * "])("takes If-Match: %s", async (value) => {
    await using other = await startAgent();
    expect(
      (
        await other.admin({
          method: "PUT",
          path: "/v1/config",
          headers: { ...json, "if-match": value },
          body: JSON.stringify(smallConfig()),
        })
      ).text,
    ).toBe('{"generation":2}');
  });
});

describe("what is in flight", () => {
  it("is listed by generation and site, and can be cut", async () => {
    const origin = createServer((socket) => socket.on("error", () => undefined)).listen(0, "127.0.0.1");
    await once(origin, "listening");
    const { port } = origin.address() as { port: number };
    await using other = await startAgent({
      config: {
        ...smallConfig(),
        upstreams: { app: { targets: [`http://127.0.0.1:${String(port)}`] } },
        virtualHosts: [
          { id: "app", hosts: ["app.example.com"], rules: [{ handler: { type: "proxy", upstream: "app" } }] },
          ...smallConfig().virtualHosts,
        ],
      },
    });
    await using events = await other.events();
    const visit = other.visit({ host: "app.example.com", path: "/slow" });
    visit.catch(() => undefined);
    await events.until((line) => line.type === "generations" && line.generations[0]?.inFlight === 1);
    const { requests } = await other.call("listRequests", { query: { site: "app", generation: "1" } });
    expect(requests).toMatchObject([
      {
        generation: 1,
        site: "app",
        virtualHost: "app",
        method: "GET",
        host: "app.example.com",
        path: "/slow",
        client: "127.0.0.1",
      },
    ]);
    expect((await other.call("listRequests", { query: { site: "shop" } })).requests).toEqual([]);
    await other.call("startMaintenance", { body: { site: "app" } });
    expect((await other.call("listGenerations")).generations).toMatchObject([
      { generation: 2, state: "active" },
      { generation: 1, state: "draining", inFlight: 1 },
    ]);
    const receipt = (await other.call("listMaintenance")).maintenance[0];
    expect(receipt?.counts).toMatchObject({ draining: 1, drained: 0, cut: 0 });
    expect(await other.call("cutRequest", { params: { id: requests[0]?.id ?? "" } })).toMatchObject({ path: "/slow" });
    await expect(visit).rejects.toThrow();
    await events.until(
      (line) => line.type === "maintenance" && line.receipt.counts.cut === 1 && line.receipt.counts.draining === 0,
    );
    expect((await other.call("listGenerations")).generations[1]).toMatchObject({ state: "retired", inFlight: 0 });
    origin.close();
  });
});

describe("refusals", () => {
  it.each([{ origin: "https://evil.example.com" }, { origin: "null" }, { referer: "https://evil.example.com/page" }])(
    "of requests from web pages (%o)",
    async (headers) => {
      for (const visit of [
        { path: "/v1/agent" },
        { path: "/v1/maintenance", method: "POST", body: '{"site":"shop"}' },
      ]) {
        expect((await refusal({ ...visit, headers })).code).toBe("request.browser");
      }
    },
  );

  it.each([
    { path: "/" },
    { path: "/v1" },
    { path: "/v1/config/" },
    { path: "/v1/agent/x" },
    { path: "/v2/agent" },
    { path: "/v1/requests/%ff", method: "DELETE" },
  ])("of unknown paths (%o)", async (visit) => {
    expect((await refusal(visit)).code).toBe("request.unknown-path");
  });

  it("of other methods, with Allow", async () => {
    const answer = await agent.admin({ path: "/v1/config", method: "DELETE" });
    expect(errorOf(answer).code).toBe("request.method");
    expect(answer.headers.allow).toBe("GET, PUT");
    expect((await agent.admin({ path: "/v1/maintenance/plan", method: "PUT" })).headers.allow).toBe("POST, GET, PATCH");
  });

  it.each([
    ["request.unknown-path", { path: "/v1/not-known-yet" }],
    ["request.browser", { path: "/v1/maintenance", headers: { origin: "null" } }],
    ["options.invalid", { path: "/v1/maintenance?dry=1" }],
  ])("reach whoever is still sending a body: %s", async (code, visit) => {
    const body = JSON.stringify("x".repeat(4 * 1024 * 1024));
    for (let round = 0; round < 10; round++)
      expect((await refusal({ method: "POST", body, ...visit })).code).toBe(code);
  });

  it.each([true, false])("of bodies over 8 MB (length announced: %s)", async (announced) => {
    const body = "x".repeat(8 * 1024 * 1024 + 1);
    const headers = announced ? { "content-length": String(body.length) } : { "transfer-encoding": "chunked" };
    const answer = await agent
      .admin({ path: "/v1/config/check", method: "POST", headers, body })
      .catch((failure: unknown) => failure as NodeJS.ErrnoException);
    // The agent may close before the client has sent everything.
    if ("code" in answer) expect(answer.code).toMatch(/EPIPE|ECONNRESET/);
    else expect(errorOf(answer as Answer).code).toBe("request.too-large");
    expect((await agent.call("getAgent")).pid).toBe(agent.pid);
  });

  it.each([
    ["PUT", "/v1/config", "{", "config.invalid"],
    ["PUT", "/v1/config", "", "config.invalid"],
    ["PUT", "/v1/config", "[]", "config.invalid"],
    ["POST", "/v1/config/check", "{", "config.invalid"],
    ["POST", "/v1/maintenance", "{", "request.malformed"],
    ["POST", "/v1/maintenance", "", "options.invalid"],
    ["POST", "/v1/maintenance", "null", "options.invalid"],
    ["POST", "/v1/restart", '{"mode":"soft"}', "options.invalid"],
    ["GET", "/v1/agent", "{}", "request.malformed"],
    ["GET", "/v1/agent?verbose=1", "", "options.invalid"],
    ["GET", "/v1/explain", "", "options.invalid"],
    ["GET", "/v1/explain?url=shop.example.com", "", "options.invalid"],
    ["GET", "/v1/explain?url=http://shop.example.com&from=nowhere", "", "options.invalid"],
    ["GET", "/v1/explain?url=http://shop%20example.com/", "", "options.invalid"],
    [
      "POST",
      "/v1/maintenance/plan",
      `{"site":"shop","exceptions":[${'{"not":'.repeat(20_000)}{"tls":true}${"}".repeat(20_000)}]}`,
      "options.invalid",
    ],
    [
      "POST",
      "/v1/maintenance/plan",
      '{"site":"shop","exceptions":[{"header":{"__proto__":"secret","X-Staff":"yes"}}]}',
      "options.invalid",
    ],
    ["POST", "/v1/generations/99/activate", "", "not-found"],
    ["POST", "/v1/generations/zero/activate", "", "not-found"],
    ["GET", "/v1/maintenance/none", "", "not-found"],
    ["POST", "/v1/maintenance/none/revert", "", "not-found"],
    ["POST", "/v1/maintenance/none/proof", "", "not-found"],
    ["POST", "/v1/maintenance", '{"site":"nobody"}', "not-found"],
    ["DELETE", "/v1/requests/none", "", "not-found"],
  ])("%s %s %s: %s", async (method, target, body, code) => {
    const error = await refusal({
      method,
      path: target,
      headers: { ...json, "content-length": String(body.length), ...(method === "PUT" ? { "if-match": "*" } : {}) },
      ...(body === "" ? {} : { body }),
    });
    expect(error.code).toBe(code);
    expect(error.message).not.toBe("");
    if (code.endsWith(".invalid")) expect(error.details.problems?.length).toBeGreaterThan(0);
  });

  it("of wrong options names the field", async () => {
    const error = await refusal({
      method: "POST",
      path: "/v1/maintenance",
      headers: json,
      body: JSON.stringify({ site: "shop", retryAfter: -1, colour: "red" }),
    });
    expect(error.details.problems?.map(({ path: where }) => where)).toContain("/retryAfter");
    expect(JSON.stringify(error.details.problems)).toContain("colour");
  });

  it("of text in another encoding, which would be stored as something else", async () => {
    const before = await agent.call("getConfig");
    const send = async (method: string, target: string, body: Buffer): Promise<AdminError> => {
      const call = request({
        socketPath: agent.socketPath,
        method,
        path: target,
        headers: { ...json, "if-match": "*" },
        agent: false,
      });
      call.end(body);
      const [response] = (await once(call, "response")) as [IncomingMessage];
      return AdminError.parse(JSON.parse((await response.setEncoding("utf8").toArray()).join("")));
    };
    const document = Buffer.from(JSON.stringify(withSite("news")).replace('"news"}', '"K\xe4se"}'), "latin1");
    expect(await send("PUT", "/v1/config", document)).toMatchObject({
      code: "config.invalid",
      details: { problems: [{ code: "encoding" }] },
    });
    expect(
      (await send("POST", "/v1/maintenance", Buffer.from('{"site":"shop","reason":"K\xe4se"}', "latin1"))).code,
    ).toBe("request.malformed");
    expect(await agent.call("getConfig")).toEqual(before);
  });

  it.each([
    "GARBAGE\r\n\r\n",
    `GET /v1/agent HTTP/1.1\r\nX: ${"y".repeat(20_000)}\r\n\r\n`,
    "GET /v1/agent HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
  ])("of what is no HTTP have a code and an id, too", async (text) => {
    const socket = connect(agent.socketPath);
    socket.end(text);
    const received = (await socket.setEncoding("utf8").toArray()).join("");
    const error = AdminError.parse(JSON.parse(received.split("\r\n\r\n")[1] ?? ""));
    expect(error.code).toBe("request.malformed");
    expect(received).toContain(`Backsoon-Request-Id: ${error.requestId}\r\n`);
  });

  it("of a bad document names the field and changes nothing", async () => {
    const before = await agent.call("getConfig");
    const document = smallConfig();
    const broken = {
      ...document,
      virtualHosts: [{ ...document.virtualHosts[0], hosts: ["~["] }, document.virtualHosts[1]],
    } as Config;
    const reply = await agent.tryCall("putConfig", { body: broken, ifMatch: "*" });
    expect(reply).toMatchObject({
      ok: false,
      error: { code: "config.invalid", details: { problems: [{ path: "/virtualHosts/0/hosts/0" }] } },
    });
    expect(await agent.call("getConfig")).toEqual(before);
    expect((await agent.visit()).text).toBe("live");
  });

  it("of a listener that cannot be bound names it, and closes what was opened beside it", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as { port: number };
    const free = createServer().listen(0, "127.0.0.1");
    await once(free, "listening");
    const { port: other } = free.address() as { port: number };
    free.close();
    await once(free, "close");
    const body: Config = {
      ...smallConfig(),
      listeners: [
        ...smallConfig().listeners,
        { name: "fine", address: "127.0.0.1", port: other },
        { name: "taken", address: "127.0.0.1", port },
      ],
    };
    const reply = await agent.tryCall("putConfig", { body, ifMatch: "*" });
    expect(reply).toMatchObject({
      ok: false,
      error: { code: "config.bind", details: { problems: [{ path: "/listeners/2/port" }] } },
    });
    taken.close();
    const again = createServer().listen(other, "127.0.0.1");
    await once(again, "listening");
    again.close();
    expect((await agent.visit()).text).toBe("live");
  });

  it.each([
    ["192.0.2.1", "/listeners/0/address"],
    ["localhost", "/listeners/0/address"],
  ])("of an address that this machine does not have (%s)", async (address, where) => {
    const reply = await agent.tryCall("putConfig", {
      body: { ...smallConfig(), listeners: [{ name: "http", address, port: 0 }] },
      ifMatch: "*",
    });
    expect(reply.ok ? undefined : reply.error.details.problems?.[0]?.path).toBe(where);
  });

  it("of PUT without If-Match (428), with a stale one (412), with nonsense (400)", async () => {
    const put = (headers: Record<string, string>) =>
      refusal({
        method: "PUT",
        path: "/v1/config",
        headers: { ...json, ...headers },
        body: JSON.stringify(smallConfig()),
      });
    expect((await put({})).code).toBe("if-match.required");
    const { generation } = await agent.call("getConfig");
    expect(await put({ "if-match": '"0"' })).toMatchObject({ code: "config.stale", details: { generation } });
    expect((await put({ "if-match": '"abc"' })).code).toBe("request.malformed");
    expect((await agent.tryCall("startMaintenance", { body: { site: "shop" }, ifMatch: 0 })).ok).toBe(false);
  });

  it("survives what is not HTTP, and bodies that never end", async () => {
    const rude = connect(agent.socketPath);
    await once(rude, "connect");
    rude.end("GARBAGE\r\n\r\n");
    rude.resume();
    await once(rude, "close");
    const half = connect(agent.socketPath);
    await once(half, "connect");
    half.write("POST /v1/maintenance HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{");
    half.destroy();
    expect((await agent.call("getAgent")).pid).toBe(agent.pid);
  });
});

describe("a fault of the agent itself", () => {
  it("is a 500 without inner details, and the log has the reason under the request's id", async () => {
    const names = Object.keys(ROUTES) as RouteName[];
    const routes = Object.fromEntries(
      names.map((name) => [
        name,
        () => {
          throw new Error("a secret of the inside");
        },
      ]),
    ) as unknown as AdminRoutes;
    const lines: string[] = [];
    const socketPath = path.join(await makeFolder(), "s");
    const server = await bindAdminServer(
      socketPath,
      createLog((line) => lines.push(line)),
    );
    server.publish(routes);
    const [response] = (await once(request({ socketPath, path: "/v1/agent" }).end(), "response")) as [IncomingMessage];
    let text = "";
    for await (const chunk of response) text += String(chunk);
    const error = AdminError.parse(JSON.parse(text));
    expect(response.statusCode).toBe(500);
    expect(error.code).toBe("internal");
    expect(text).not.toContain("secret");
    expect(lines.join("")).toContain(error.requestId);
    expect(lines.join("")).toContain("a secret of the inside");
    await server.close();
  });
});

describe("stopping", () => {
  it("takes no more changes while what is in flight ends, and still answers questions", async () => {
    const origin = createServer((socket) => socket.on("error", () => undefined)).listen(0, "127.0.0.1");
    await once(origin, "listening");
    const { port } = origin.address() as { port: number };
    await using other = await startAgent({
      config: {
        ...smallConfig(),
        upstreams: { app: { targets: [`http://127.0.0.1:${String(port)}`] } },
        virtualHosts: [
          { id: "app", hosts: ["app.example.com"], rules: [{ handler: { type: "proxy", upstream: "app" } }] },
          ...smallConfig().virtualHosts,
        ],
      },
    });
    await using events = await other.events();
    const visit = other.visit({ host: "app.example.com" });
    visit.catch(() => undefined);
    await events.until((line) => line.type === "generations" && line.generations[0]?.inFlight === 1);
    process.kill(other.pid, "SIGTERM");
    await other.logged(/stopping/);
    expect(await other.tryCall("startMaintenance", { body: { site: "shop" } })).toMatchObject({
      ok: false,
      error: { code: "agent.stopping" },
    });
    process.kill(other.pid, "SIGTERM");
    expect(await other.ended).toEqual({ code: 0, signal: null });
    origin.close();
  });
});
