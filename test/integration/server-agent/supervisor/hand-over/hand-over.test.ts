/** An upgrade of the running agent: a successor takes over everything, and nobody notices. */
import { copyFile, readdir, readFile, rename, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Config } from "../../../../../server-agent/contract/config.ts";
import type { Reply } from "../../../../../server-agent/contract/routes.ts";
import {
  AGENT_PROGRAM,
  makeFolder,
  ownerOf,
  runAgentVerb,
  smallConfig,
  startAgent,
  untilGone,
  type TestAgent,
} from "../../../../support/agent/agent.ts";
import {
  openEchoSocket,
  openIdleConnection,
  startLoad,
  startSlowDownload,
  type Truth,
} from "../../../../support/http/load.ts";
import { DOWNLOAD_BYTES, startOriginServer } from "../../../../support/http/origin-server.ts";

const HOST = "shop.example.com";

function proxied(url: string): Config {
  return {
    listeners: [{ name: "http", address: "127.0.0.1", port: 0 }],
    upstreams: { app: { targets: [url] } },
    virtualHosts: [
      { id: "shop", hosts: [HOST], rules: [{ handler: { type: "proxy", upstream: "app" } }] },
      { id: "default", hosts: ["*"], rules: [{ handler: { type: "error", status: 404 } }] },
    ],
  };
}

/** The built program with other words in it: another version, an older one. */
async function otherProgram(before: RegExp, after: string): Promise<string> {
  const text = await readFile(AGENT_PROGRAM, "utf8");
  const changed = text.replaceAll(before, after);
  expect(changed === text, "what is to be changed is there").toBe(false);
  return writeProgram(changed);
}

/**
 * The program, made to kill itself as a successor: when it is about to send a message of this type
 * (`before`), has sent it (`after`), or has got one (`on`), so many milliseconds later.
 */
function mortalProgram(moment: "before" | "after" | "on", type: string, ms: number): Promise<string> {
  return writeProgram(`
    const die = () => process.kill(process.pid, "SIGKILL");
    if (process.env.BACKSOON_SUCCESSOR !== undefined) {
      const send = process.send.bind(process);
      process.send = (message, handle, options, callback) => {
        const isNow = message.type === ${JSON.stringify(type)};
        if (isNow && ${String(moment === "before")}) die();
        return send(message, handle, options, () => {
          if (isNow && ${String(moment === "after")}) setTimeout(die, ${String(ms)});
          callback?.();
        });
      };
      if (${String(moment === "on")}) process.on("message", (message) => {
        if (message.type !== ${JSON.stringify(type)}) return;
        if (${String(ms)} === 0) die();
        else setTimeout(die, ${String(ms)});
      });
    }
    await import(${JSON.stringify(AGENT_PROGRAM)});
  `);
}

async function writeProgram(text: string): Promise<string> {
  const program = path.join(await makeFolder(), "agent.mjs");
  await writeFile(program, text);
  return program;
}

function handOver(agent: TestAgent, program?: string): Promise<Reply<"handOver">> {
  return agent.call("handOver", { body: { author: "anna", ...(program === undefined ? {} : { program }) } });
}

/**
 * The program, made to kill itself as the former agent, at such a moment of its exchange with the
 * successor.
 */
function mortalFormer(moment: "before" | "after" | "on", type: string): Promise<string> {
  return writeProgram(`
    import childProcess from "node:child_process";
    import { syncBuiltinESMExports } from "node:module";
    const die = () => process.kill(process.pid, "SIGKILL");
    const spawn = childProcess.spawn;
    childProcess.spawn = (command, args, options) => {
      const child = spawn(command, args, options);
      if (options.env?.BACKSOON_SUCCESSOR === undefined) return child;
      const send = child.send.bind(child);
      child.send = (message, handle, how, callback) => {
        const isNow = message.type === ${JSON.stringify(type)};
        if (isNow && ${String(moment === "before")}) die();
        return send(message, handle, how, () => {
          if (isNow && ${String(moment === "after")}) die();
          callback?.();
        });
      };
      if (${String(moment === "on")}) child.on("message", (message) => {
        if (message.type === ${JSON.stringify(type)}) die();
      });
      return child;
    };
    syncBuiltinESMExports();
    await import(${JSON.stringify(AGENT_PROGRAM)});
  `);
}

/** The process that the agent has started as its successor, when it has. */
async function successorOf(agent: TestAgent): Promise<number> {
  await agent.logged(/handing over .*successor=\d+/);
  return Number(/handing over .*successor=(\d+)/.exec(agent.log())?.[1]);
}

/** The agent is as it was: alone, reachable, serving and writable. */
async function expectUntouched(agent: TestAgent): Promise<void> {
  const { pid, workers } = await agent.call("getAgent");
  expect(pid).toBe(agent.pid);
  expect(workers.map(({ state }) => state)).not.toContain("draining");
  expect(ownerOf(agent.folder)).toBe(agent.pid);
  expect(await readFile(path.join(agent.stateDirectory, "lock"), "utf8")).not.toContain("former");
  expect((await readdir(agent.folder)).toSorted()).toEqual(["agent.sock", "config.json", "state"]);
  const { id } = await agent.call("startMaintenance", { body: { site: "shop" } });
  expect((await agent.visit()).status).toBe(503);
  await agent.call("revertMaintenance", { params: { id } });
  expect((await agent.visit()).status).toBe(200);
}

describe.each([1, 2])("handing over under load, %i worker(s)", (workers) => {
  const TIMES = 20;
  it(`refuses and cuts nobody in ${String(TIMES)} hand-overs`, { timeout: 240_000 }, async () => {
    await using origin = await startOriginServer();
    await using agent = await startAgent({ workers, config: proxied(origin.url) });
    const target = { host: HOST, port: agent.port };
    const truth: Truth = { state: "live", epoch: 0 };
    const changeTo = async (state: "live" | "maintenance", change: () => Promise<unknown>) => {
      truth.state = "moving";
      truth.epoch += 1;
      await change();
      truth.state = state;
      truth.epoch += 1;
    };
    const socket = await openEchoSocket(target);
    const download = startSlowDownload(target, 8 * 1024 * 1024);
    // While it lasts, an early failure must not be an unhandled rejection.
    download.done.catch(() => undefined);
    const load = startLoad(target, truth, { get: 8, fresh: 6, post: 4 });
    const pids = new Set([agent.pid]);
    for (let time = 0; time < TIMES; time++) {
      const idle = await openIdleConnection(target);
      await idle.ask("/page");
      const { pid } = await handOver(agent);
      pids.add(pid);
      expect((await agent.call("getAgent")).pid, "the successor answers").toBe(pid);
      // A switch by the successor is true at once on the connections of the former agents too.
      let receipt = "";
      await changeTo("maintenance", async () => {
        receipt = (await agent.call("startMaintenance", { body: { site: "shop", retryAfter: 120 } })).id;
      });
      const answer = await idle.ask("/page");
      expect(answer.status, "the idle connection, after the successor's switch").toBe(503);
      expect(answer.head.toLowerCase()).toContain("connection: close");
      idle.close();
      await load.rounds(1);
      await changeTo("live", () => agent.call("revertMaintenance", { params: { id: receipt } }));
      await load.rounds(1);
    }
    const result = await load.stop();
    expect(result.failures).toEqual([]);
    expect(await download.done).toBe(DOWNLOAD_BYTES);
    expect(await socket.finish()).toBeGreaterThan(0);
    expect(pids.size).toBe(TIMES + 1);
    expect(await agent.ended).toEqual({ code: 0, signal: null });
    console.log(
      `${String(workers)} worker(s), ${String(TIMES)} hand-overs: ${String(result.requests)} requests, 0 failed`,
    );
  });
});

describe("a successor", () => {
  it("has the same state: the generation, a site in maintenance with its counts, a held stage", async () => {
    const config = smallConfig();
    config.virtualHosts.unshift({
      id: "blog",
      hosts: ["blog.example.com"],
      rules: [{ handler: { type: "respond", body: "posts" } }],
    });
    await using agent = await startAgent({ config });
    const receipt = await agent.call("startMaintenance", { body: { site: "shop", reason: "new database" } });
    for (let visit = 0; visit < 5; visit++) expect((await agent.visit()).status).toBe(503);
    const stage = await agent.call("stage", {
      body: {
        operation: { id: "operation-1", title: "Both", servers: 2 },
        changes: [{ kind: "maintenance", options: { site: "blog" } }],
        leaseSeconds: 60,
      },
    });
    const before = { config: await agent.call("getConfig"), history: await agent.call("listGenerations") };
    const { pid, generation, version } = await handOver(agent);
    expect({ generation, version }).toEqual({ generation: 2, version: "0.1.0" });
    expect(pid).not.toBe(agent.pid);
    expect({ config: await agent.call("getConfig"), history: await agent.call("listGenerations") }).toEqual(before);
    expect((await agent.call("listStages")).stages).toEqual([stage]);
    expect((await agent.visit()).status).toBe(503);
    expect((await agent.tryCall("restart", { body: { mode: "graceful" } })).ok, "while the stage is held").toBe(false);
    const committed = await agent.call("commitStage", { params: { id: stage.id } });
    expect(committed.stage).toMatchObject({ state: "committed", generation: 3 });
    expect((await agent.visit({ host: "blog.example.com" })).status).toBe(503);
    const reverted = await agent.call("revertMaintenance", { params: { id: receipt.id } });
    expect(reverted).toMatchObject({ id: receipt.id, reason: "new database", state: "reverted" });
    expect(reverted.counts.refused, "before and after the hand-over").toBe(6);
    expect((await agent.visit()).text).toBe("live");
    expect(await agent.ended).toEqual({ code: 0, signal: null });
  });

  it("goes on counting where the former agent has stopped: nothing is lost, nothing counted twice", async () => {
    await using agent = await startAgent({ workers: 2 });
    const { id } = await agent.call("startMaintenance", { body: { site: "shop" } });
    let going = true;
    let refused = 0;
    const visitors = Array.from({ length: 4 }, async () => {
      while (going) if ((await agent.visit()).status === 503) refused += 1;
    });
    for (let time = 0; time < 4; time++) {
      await delay(100);
      await handOver(agent);
    }
    await delay(100);
    going = false;
    await Promise.all(visitors);
    await expect
      .poll(async () => (await agent.call("getMaintenance", { params: { id } })).counts.refused, { timeout: 5000 })
      .toBe(refused);
    await expect.poll(async () => (await agent.call("getAgent")).workers.length).toBe(2);
    expect((await agent.call("getMaintenance", { params: { id } })).counts).toMatchObject({
      refused,
      draining: 0,
      cut: 0,
    });
    expect(refused).toBeGreaterThan(100);
  });

  it("may be another version, by its path or behind the link that the agent was started with", async () => {
    const next = await otherProgram(/"0\.1\.0"/g, '"0.2.0"');
    await using agent = await startAgent();
    expect(await handOver(agent, next)).toMatchObject({ version: "0.2.0", generation: 1 });
    expect((await agent.call("getAgent")).version).toBe("0.2.0");
    // From there, by the program's own link.
    const link = `${next}.link`;
    await symlink(AGENT_PROGRAM, link);
    expect(await handOver(agent, link)).toMatchObject({ version: "0.1.0" });
    await symlink(next, `${link}.new`);
    await rename(`${link}.new`, link);
    const said = await runAgentVerb(["hand-over", "--socket", agent.socketPath, "--json"]);
    expect(said).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(said.stdout)).toMatchObject({ version: "0.2.0", generation: 1 });
    // And what is no script runs by itself.
    const wrapper = `${next}.sh`;
    await writeFile(wrapper, `#!/bin/sh\nexec '${process.execPath}' '${AGENT_PROGRAM}' "$@"\n`, { mode: 0o755 });
    expect(await handOver(agent, wrapper)).toMatchObject({ version: "0.1.0" });
    expect((await agent.visit()).text).toBe("live");
  });

  it("sees, cuts and counts what is still in flight at the former agent", async () => {
    await using origin = await startOriginServer();
    await using agent = await startAgent({ config: proxied(origin.url) });
    const target = { host: HOST, port: agent.port };
    const [kept, lost] = [startSlowDownload(target, 8 * 1024 * 1024), startSlowDownload(target, 1024 * 1024)];
    for (const { done } of [kept, lost]) done.catch(() => undefined);
    await using events = await agent.events();
    await events.until((line) => "generations" in line && line.generations[0]?.inFlight === 2);
    await handOver(agent);
    const { id } = await agent.call("startMaintenance", { body: { site: "shop" } });
    const { requests } = await agent.call("listRequests");
    expect(requests.map(({ kind, generation }) => ({ kind, generation }))).toEqual([
      { kind: "download", generation: 1 },
      { kind: "download", generation: 1 },
    ]);
    await agent.call("cutRequest", { params: { id: requests[1]?.id ?? "" } });
    await expect(lost.done).rejects.toThrow();
    expect(await kept.done).toBe(DOWNLOAD_BYTES);
    expect(await agent.ended).toEqual({ code: 0, signal: null });
    await using news = await agent.events();
    await news.until((line) => "agent" in line && line.agent.workers.length === 1);
    expect((await agent.call("getMaintenance", { params: { id } })).counts).toMatchObject({
      drained: 1,
      cut: 1,
      draining: 0,
    });
  });

  it("is followed by connections of the former agent, and where that one does not understand the document they end", async () => {
    await using origin = await startOriginServer();
    const old = await otherProgram(/trustedProxies/g, "trustedProxiesNot");
    await using agent = await startAgent({ config: proxied(origin.url) });
    await handOver(agent, old);
    const target = { host: HOST, port: agent.port };
    const download = startSlowDownload(target, 24 * 1024 * 1024);
    download.done.catch(() => undefined);
    const idle = await openIdleConnection(target);
    await idle.ask("/page");
    const { pid } = await agent.call("getAgent");
    await handOver(agent, AGENT_PROGRAM);
    const { config } = await agent.call("getConfig");
    await agent.call("putConfig", { body: { ...config, trustedProxies: ["127.0.0.1"] }, ifMatch: "*" });
    await expect.poll(() => idle.closed).toBe(true);
    expect(agent.log()).toMatch(/this version cannot serve the successor's configuration/);
    expect(await download.done).toBe(DOWNLOAD_BYTES);
    await untilGone(pid);
    expect((await agent.call("getAgent")).generation).toBe(2);
  });

  it("that is stopped ends the former agent too, within its time", async () => {
    await using origin = await startOriginServer();
    await using agent = await startAgent({ config: proxied(origin.url), args: ["--stop-seconds", "1"] });
    const download = startSlowDownload({ host: HOST, port: agent.port }, 1024 * 1024);
    download.done.catch(() => undefined);
    await using events = await agent.events();
    await events.until((line) => "generations" in line && line.generations[0]?.inFlight === 1);
    const { pid } = await handOver(agent);
    process.kill(pid, "SIGTERM");
    await untilGone(pid);
    expect(await agent.ended).toEqual({ code: 0, signal: null });
    await expect(download.done).rejects.toThrow();
  });
});

describe("a program that cannot take over", () => {
  const importAgent = `await import(${JSON.stringify(AGENT_PROGRAM)});`;
  const asVersion = `if (process.argv[2] === "version") { console.log("backsoon-agent 0.9.0 (admin API 1, Node 26)"); process.exit(0); }\n`;
  it.each([
    ["exits at once", `console.error("no such luck"); process.exit(7);`, /did not say its version[^]*no such luck/],
    ["prints garbage", `console.log("\\u0007%PDF-1.4"); setTimeout(() => {}, 100);`, /did not say its version/],
    ["is no program", `this is not JavaScript`, /SyntaxError/],
    ["says its version and exits", `${asVersion}process.exit(7);`, /it ended with code 7/],
    [
      "says its version and talks nonsense",
      `${asVersion}process.send({ type: "hello", protocol: 99 }); setTimeout(() => {}, 60_000);`,
      /in another way/,
    ],
    [
      "does not take the options",
      `process.argv.push("--no-such-option"); ${importAgent}`,
      /Unknown option '--no-such-option'/,
    ],
    [
      "says that it serves, and does not",
      `${asVersion}process.send({ type: "serving", version: "9", generation: 9 }); process.send({ type: "said", line: "humbug" }); setTimeout(() => process.exit(1), 300);`,
      /it ended with code 1[^]*humbug/,
    ],
  ])("%s: the agent goes on as before", async (_name, program, why) => {
    await using agent = await startAgent();
    const reply = await agent.tryCall("handOver", { body: { program: await writeProgram(program) } });
    expect(reply).toMatchObject({
      ok: false,
      error: { code: "hand-over.failed", message: expect.stringMatching(why) as string },
    });
    await expectUntouched(agent);
  });

  it("hangs: it is ended after 20 seconds, and what waits meanwhile is done", async () => {
    await using agent = await startAgent();
    const program = await writeProgram(
      `${asVersion}process.on("SIGTERM", () => {}); process.on("message", () => {}); setInterval(() => {}, 1000);`,
    );
    const refused = agent.tryCall("handOver", { body: { program } });
    const pid = await successorOf(agent);
    const waiting = agent.call("startMaintenance", { body: { site: "shop" } });
    expect((await agent.visit()).text).toBe("live");
    expect(await refused).toMatchObject({
      ok: false,
      error: { code: "hand-over.failed", message: expect.stringContaining("not ready in time") as string },
    });
    await untilGone(pid);
    await agent.call("revertMaintenance", { params: { id: (await waiting).id } });
    await expectUntouched(agent);
  });

  it("is older: the reply says what does not fit", async () => {
    await using agent = await startAgent();
    const older = await otherProgram(/\(admin API 1,/g, "(admin API 0,");
    expect(await agent.tryCall("handOver", { body: { program: older } })).toMatchObject({
      ok: false,
      error: {
        code: "hand-over.failed",
        message: expect.stringMatching(/version 0 of the admin API, older than version 1/) as string,
      },
    });
    const format = await otherProgram(/(format: literal\S*\()1\)/g, "$17)");
    expect(await agent.tryCall("handOver", { body: { program: format } })).toMatchObject({
      ok: false,
      error: {
        code: "hand-over.failed",
        message: expect.stringMatching(/was stored by another version of the agent/) as string,
      },
    });
    await expectUntouched(agent);
  });

  it("is named wrongly: the field is named", async () => {
    await using agent = await startAgent();
    for (const program of ["agent.mjs", "/no/such/agent.mjs", agent.folder])
      expect(await agent.tryCall("handOver", { body: { program } })).toMatchObject({
        ok: false,
        error: { code: "options.invalid", details: { problems: [{ path: "/program" }] } },
      });
    await expectUntouched(agent);
  });
});

describe("kill -9", () => {
  const stage = {
    operation: { id: "operation-1", title: "Both", servers: 2 },
    changes: [{ kind: "maintenance" as const, options: { site: "shop" } }],
  };

  it(
    "of the successor before it serves: the former agent goes on, and its visitors notice nothing",
    { timeout: 180_000 },
    async () => {
      await using origin = await startOriginServer();
      await using agent = await startAgent({ config: proxied(origin.url), workers: 2 });
      const load = startLoad(
        { host: HOST, port: agent.port },
        { state: "live", epoch: 0 },
        { get: 4, fresh: 4, post: 2 },
      );
      const moments = [
        ["before", "hello", 0],
        ["after", "hello", 0],
        ["on", "listener", 0],
        ["on", "begin", 0],
        ...[5, 10, 20, 30, 40, 60, 80, 100].map((ms) => ["on", "begin", ms] as const),
        ["before", "ready", 0],
        ["on", "go", 0],
      ] as const;
      for (const [moment, type, ms] of moments) {
        const held = await agent.call("stage", { body: { ...stage, leaseSeconds: 60 } });
        const outcome = await agent.tryCall("handOver", { body: { program: await mortalProgram(moment, type, ms) } });
        expect(outcome, `${moment} ${type}, ${String(ms)} ms`).toMatchObject({
          ok: false,
          error: { code: "hand-over.failed", message: expect.stringContaining("SIGKILL") as string },
        });
        expect((await agent.call("listStages")).stages.find(({ id }) => id === held.id)).toEqual(held);
        await agent.call("abortStage", { params: { id: held.id } });
        expect(ownerOf(agent.folder)).toBe(agent.pid);
      }
      const { requests, failures } = await load.stop();
      expect(failures).toEqual([]);
      await expectUntouched(agent);
      // And it still can.
      expect((await handOver(agent)).generation).toBe(3);
      console.log(`${String(moments.length)} successors killed: ${String(requests)} requests, 0 failed`);
    },
  );

  it("of the successor when its workers accept and the admin socket is its own: all is taken back", async () => {
    await using agent = await startAgent({ workers: 2 });
    const { id } = await agent.call("startMaintenance", { body: { site: "shop" } });
    const held = await agent.call("stage", {
      body: { ...stage, changes: [{ kind: "revert", receipt: id, how: "delete" }], leaseSeconds: 60 },
    });
    for (const [moment, type, ms] of [
      ["on", "go", 1],
      ["on", "go", 3],
      ["before", "serving", 0],
    ] as const) {
      const outcome = await agent.tryCall("handOver", { body: { program: await mortalProgram(moment, type, ms) } });
      expect(outcome, `${moment} ${type}, ${String(ms)} ms`).toMatchObject({
        ok: false,
        error: { code: "hand-over.failed" },
      });
      expect((await agent.call("getAgent")).pid).toBe(agent.pid);
      expect((await agent.call("listStages")).stages).toEqual([held]);
      expect((await agent.visit()).status).toBe(503);
    }
    await agent.call("commitStage", { params: { id: held.id } });
    await expectUntouched(agent);
    await handOver(agent);
    expect((await agent.visit()).text).toBe("live");
  });

  it.each([
    ["on", "hello", "ends"],
    ["before", "listener", "ends"],
    ["after", "listener", "ends"],
    ["before", "begin", "ends"],
    ["after", "begin", "ends"],
    ["on", "ready", "ends"],
    ["after", "go", "goes on"],
    ["on", "serving", "goes on"],
    ["before", "alone", "goes on"],
    ["after", "alone", "goes on"],
  ] as const)("of the former agent, %s `%s`: the state is whole, and the successor %s", async (moment, type, what) => {
    await using agent = await startAgent();
    const { id, generation } = await agent.call("startMaintenance", { body: { site: "shop" } });
    const former = await handOver(agent, await mortalFormer(moment, type));
    const lost = await agent.tryCall("handOver", { body: { program: AGENT_PROGRAM } }).then(
      () => false,
      () => true,
    );
    // The very last message and the reply go out at the same moment.
    if (type !== "alone") expect(lost).toBe(true);
    await untilGone(former.pid);
    const successor = Number([...agent.log().matchAll(/handing over .*successor=(\d+)/g)].at(-1)?.[1]);
    if (what === "goes on") {
      await untilAnswers(agent);
      expect(await agent.call("getAgent")).toMatchObject({ pid: successor, generation });
      await agent.call("revertMaintenance", { params: { id } });
      expect((await agent.visit()).text).toBe("live");
      expect(ownerOf(agent.folder)).toBe(successor);
      expect(await readFile(path.join(agent.stateDirectory, "lock"), "utf8")).not.toContain("former");
    } else {
      await untilGone(successor);
      await using next = await startAgent({ folder: agent.folder });
      expect(next.generation).toBe(generation);
      await next.call("revertMaintenance", { params: { id } });
      expect((await next.visit()).text).toBe("live");
      expect(ownerOf(agent.folder)).toBe(next.pid);
    }
  });

  it(
    "of the former agent at random moments: there is one agent, or a way to start one",
    { timeout: 180_000 },
    async () => {
      const folder = await makeFolder();
      const outcomes: string[] = [];
      for (let round = 0; round < 10; round++) {
        await using agent = await startAgent({ folder });
        const { id, generation } = await agent.call("startMaintenance", { body: { site: "shop" } });
        void agent.tryCall("handOver", {}).catch(() => undefined);
        const pid = await successorOf(agent);
        await delay(round * 60);
        await agent.kill("SIGKILL");
        // Either the successor had been told to serve, or it ends with the agent that has not told
        // it.
        const serves = await Promise.race([untilGone(pid).then(() => false), untilAnswers(agent).then(() => true)]);
        outcomes.push(serves ? "went on" : "ended");
        const next = serves ? agent : await startAgent({ folder });
        expect((await next.call("getAgent")).generation).toBe(generation);
        await next.call("revertMaintenance", { params: { id } });
        expect(ownerOf(folder)).toBe(serves ? pid : next.pid);
        await next.close();
        expect(ownerOf(folder)).toBe(undefined);
      }
      console.log(`successors: ${outcomes.join(", ")}`);
      expect(outcomes).toContain("ended");
    },
  );
});

async function untilAnswers(agent: TestAgent): Promise<void> {
  for (;;) {
    try {
      if ((await agent.admin({ path: "/v1/agent" })).status === 200) return;
    } catch {
      await delay(20);
    }
  }
}

describe("at the same time", () => {
  it("only one of two hand-overs is made", async () => {
    await using agent = await startAgent();
    const replies = await Promise.all([agent.tryCall("handOver", {}), agent.tryCall("handOver", {})]);
    expect(replies.map(({ ok }) => ok).toSorted()).toEqual([false, true]);
    expect(replies.find(({ ok }) => !ok)).toMatchObject({
      error: { code: "hand-over.failed", message: expect.stringContaining("under way") as string },
    });
    expect((await agent.visit()).text).toBe("live");
  });

  it("a stop of the successor before it serves leaves the former agent as it was", async () => {
    await using agent = await startAgent();
    const outcome = agent.tryCall("handOver", {});
    process.kill(await successorOf(agent), "SIGTERM");
    expect(await outcome).toMatchObject({ ok: false, error: { code: "hand-over.failed" } });
    await expectUntouched(agent);
  });

  it("a stop ends the hand-over and both processes", async () => {
    await using agent = await startAgent();
    const outcome = agent.tryCall("handOver", {});
    const pid = await successorOf(agent);
    process.kill(agent.pid, "SIGTERM");
    expect(await outcome).toMatchObject({ ok: false, error: { code: "hand-over.failed" } });
    expect(await agent.ended).toEqual({ code: 0, signal: null });
    await untilGone(pid);
    expect(ownerOf(agent.folder)).toBe(undefined);
    expect(await readdir(agent.folder)).not.toContain("agent.sock");
  });

  it("event streams end, and a new one tells of the successor", async () => {
    await using agent = await startAgent();
    await using events = await agent.events();
    const ended = expect(events.until(() => false)).rejects.toThrow("the event stream has ended");
    const { pid } = await handOver(agent);
    await ended;
    await using next = await agent.events();
    expect(await next.next()).toMatchObject({ type: "snapshot", agent: { pid } });
  });
});

describe("systemd", () => {
  it("is told of the main process, and without it nobody is", async () => {
    const folder = await makeFolder();
    const said = path.join(folder, "said");
    await writeFile(path.join(folder, "systemd-notify"), `#!/bin/sh\necho "$@" >> ${said}\n`, { mode: 0o755 });
    const PATH = `${folder}:${process.env.PATH ?? ""}`;
    await using agent = await startAgent({ env: { PATH, NOTIFY_SOCKET: path.join(folder, "notify") } });
    const { pid } = await handOver(agent);
    expect(await agent.ended).toEqual({ code: 0, signal: null });
    expect(await readFile(said, "utf8")).toBe(`--pid=${String(agent.pid)} --ready\n--pid=${String(pid)} --ready\n`);
    await copyFile(said, `${said}.before`);
    await using other = await startAgent({ env: { PATH, NOTIFY_SOCKET: "" } });
    await handOver(other);
    expect(await readFile(said, "utf8")).toBe(await readFile(`${said}.before`, "utf8"));
  });

  it("that cannot be told keeps the former process as the main one", async () => {
    const folder = await makeFolder();
    await writeFile(path.join(folder, "systemd-notify"), `#!/bin/sh\necho "no bus" >&2\nexit 1\n`, { mode: 0o755 });
    await using agent = await startAgent({
      env: { PATH: `${folder}:${process.env.PATH ?? ""}`, NOTIFY_SOCKET: path.join(folder, "notify") },
    });
    const { pid } = await handOver(agent);
    await agent.logged(/systemd could not be told of the main process .*no bus/);
    expect((await agent.visit()).text).toBe("live");
    process.kill(pid, "SIGTERM");
    expect(await agent.ended).toEqual({ code: 0, signal: null });
  });
});
