import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm, writeFile } from "node:fs/promises";
import http from "node:http";
import net from "node:net";
import { join } from "node:path";
import { Duplex } from "node:stream";
import { describe, expect, it } from "vitest";
import { socketConnector } from "../../../../main/agent/socket-transport.ts";
import type { SessionEvent } from "../../../../main/state/app-state.ts";
import { AGENT_PROGRAM, type TestAgent, makeFolder, smallConfig, startAgent } from "../../../../tools/driving/agent.ts";
import { metricsEvent, someAgent, someSnapshot } from "../../../support/desktop/desktop-fixtures.ts";
import { CLOCK_PROGRAM } from "../../../support/agent/windows.ts";
import { type WatchedSession, watchSession } from "../../../support/desktop/session-watch.ts";
import { keep } from "../../../support/keep.ts";

async function folder(): Promise<string> {
  const made = await makeFolder();
  keep({ close: () => rm(made, { recursive: true, force: true }) });
  return made;
}
function watch(agent: Pick<TestAgent, "socketPath">): WatchedSession {
  return keep(watchSession(socketConnector(agent.socketPath)));
}
function answered(event: SessionEvent) {
  return event.type === "answered";
}
function lost(event: SessionEvent) {
  return event.type === "lost";
}
function snapshotOf(event: SessionEvent | undefined) {
  return event?.type === "streamed" ? event.lines.find((line) => line.type === "snapshot") : undefined;
}

/** A program on a socket that is not, or not quite, an agent. */
async function pretend(answer: http.RequestListener): Promise<{ socketPath: string }> {
  const socketPath = join(await folder(), "s.sock");
  const server = http.createServer(answer);
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  keep({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  return { socketPath };
}

describe("a session with a real agent", () => {
  it("reports the snapshot first, then that the agent answers, then what changes", async () => {
    const agent = keep(await startAgent());
    const { session, events, until } = watch(agent);
    await until(answered);
    expect(events[0]).toMatchObject({ type: "streamed", id: "test" });
    expect(snapshotOf(events[0])).toMatchObject({ agent: { pid: agent.pid }, config: smallConfig() });

    const config = smallConfig();
    config.virtualHosts[0]?.hosts.push("www.example.com");
    const put = await session.call("putConfig", {
      query: { author: "marta", reason: "an alias" },
      body: config,
      ifMatch: 1,
    });
    expect(put).toEqual({ ok: true, value: { generation: 2 } });
    await until(
      (event) =>
        event.type === "streamed" && event.lines.some((line) => line.type === "config" && line.agent.generation === 2),
    );
  });

  it("passes the agent's refusal on with its code, problems and request id", async () => {
    const { session } = watch(keep(await startAgent()));
    const refused = await session.call("putConfig", {
      query: {},
      body: { ...smallConfig(), virtualHosts: [] },
      ifMatch: 1,
    });
    expect(refused).toMatchObject({
      ok: false,
      failure: { code: "config.invalid", requestId: expect.stringMatching(/./) as string },
    });
    expect(refused.ok ? [] : refused.failure.problems).not.toEqual([]);
    expect(await session.call("putConfig", { query: {}, body: smallConfig(), ifMatch: 9 })).toMatchObject({
      ok: false,
      failure: { code: "config.stale" },
    });
  });

  it("tells how much later the agent's clock is than this computer's", async () => {
    const inTime = watch(keep(await startAgent()));
    expect(await inTime.until(answered)).toMatchObject({ clockAheadMs: expect.closeTo(0, -3) as number });
    const place = await folder();
    await writeFile(join(place, "clock"), "-5000");
    const late = watch(keep(await startAgent({ program: CLOCK_PROGRAM, folder: place })));
    expect(await late.until(answered)).toMatchObject({ clockAheadMs: expect.closeTo(-5000, -3) as number });
  });

  it("keeps asking whether the agent still lives", async () => {
    const { until } = watch(keep(await startAgent()));
    const first = await until(answered);
    const second = await until(answered);
    expect(Date.parse(second.at)).toBeGreaterThan(Date.parse(first.at));
  });

  it("says that the socket is missing, and connects once the agent is there", async () => {
    const home = await folder();
    const { session, until } = watch({ socketPath: join(home, "agent.sock") });
    expect(await until(lost)).toMatchObject({ failure: { code: "server.socket-missing" } });
    keep(await startAgent({ folder: home }));
    session.retry();
    await until(answered);
  });

  it("comes back by itself after the agent was killed and started again", async () => {
    const home = await folder();
    const first = keep(await startAgent({ folder: home }));
    const { until } = watch(first);
    await until(answered);
    await first.kill("SIGKILL");
    expect(await until(lost)).toMatchObject({
      failure: { code: expect.stringMatching(/^server\.(unreachable|socket-missing)$/) as string },
    });
    const second = keep(await startAgent({ folder: home }));
    expect(snapshotOf(await until((event) => snapshotOf(event) !== undefined))).toMatchObject({
      agent: { pid: second.pid },
    });
    await until(answered);
  });

  it("does not take an agent that hangs for a live one", async () => {
    const agent = keep(await startAgent());
    const { until } = watch(agent);
    await until(answered);
    process.kill(agent.pid, "SIGSTOP");
    try {
      expect(await until(lost)).toMatchObject({ failure: { code: "server.silent" } });
    } finally {
      process.kill(agent.pid, "SIGCONT");
    }
    await until(answered);
  });

  it("works the same over a channel that is no socket: the standard streams of dial-stdio", async () => {
    const agent = keep(await startAgent());
    const nothing = () => undefined;
    const asIdleSocket = { ref: nothing, unref: nothing, setKeepAlive: nothing, setTimeout: nothing };
    const dial = () => {
      const child = spawn(process.execPath, [AGENT_PROGRAM, "dial-stdio", "--socket", agent.socketPath], {
        stdio: ["pipe", "pipe", "inherit"],
      });
      keep({ close: () => child.kill() });
      const channel = new Duplex({
        read: () => void child.stdout.resume(),
        write: (chunk, _encoding, written) => void child.stdin.write(chunk, written),
        final: (ended) => void child.stdin.end(ended),
        destroy: (error, destroyed) => {
          child.kill();
          destroyed(error);
        },
      });
      child.stdout
        .on("data", (chunk) => channel.push(chunk) || child.stdout.pause())
        .on("end", () => channel.push(null));
      return Promise.resolve(Object.assign(channel, asIdleSocket));
    };
    const { session, until } = keep(watchSession({ ...socketConnector(agent.socketPath), connect: dial }));
    await until(answered);
    for (let time = 0; time < 3; time += 1)
      expect(await session.call("getConfig", {})).toMatchObject({ ok: true, value: { generation: 1 } });
  });

  it("ends without a word when it is closed", async () => {
    const agent = keep(await startAgent());
    const watched = watch(agent);
    await watched.until(answered);
    watched.close();
    const reported = watched.events.length;
    // An open session would report this loss.
    await agent.close();
    expect(watched.events.length).toBe(reported);
  });
});

describe("something that is no agent of this version", () => {
  it.each<[string, http.RequestListener]>([
    ["a web server", (_request, response) => response.end("<h1>Welcome</h1>")],
    ["another API", (_request, response) => response.end('{"version":"1"}')],
    [
      "an agent whose reply has a field too many",
      (_request, response) => response.end(JSON.stringify({ ...someAgent, extra: 1 })),
    ],
  ])("%s is not an agent", async (_what, answer) => {
    const { until } = watch(await pretend(answer));
    expect(await until(lost)).toMatchObject({ failure: { code: "server.not-an-agent" } });
  });

  it("what does not speak HTTP is not an agent", async () => {
    const socketPath = join(await folder(), "s.sock");
    const server = net
      .createServer((socket) => socket.on("error", () => undefined).end("SSH-2.0-OpenSSH_9.2\r\n"))
      .listen(socketPath);
    await once(server, "listening");
    keep({ close: () => server.close() });
    expect(await watch({ socketPath }).until(lost)).toMatchObject({ failure: { code: "server.not-an-agent" } });
  });

  it("an agent of another API version is named as such, whatever the rest looks like", async () => {
    const { until } = watch(await pretend((_request, response) => response.end('{"apiVersion":2,"all":"new"}')));
    expect(await until(lost)).toMatchObject({
      failure: { code: "server.api-version", message: expect.stringContaining("Update this app") as string },
    });
  });

  describe("an agent that is too busy", () => {
    const busy = JSON.stringify({ code: "agent.busy", message: "Too many.", details: {}, requestId: "r-1" });

    it("for an event stream is told to be busy, and not to be something else", async () => {
      const { until } = watch(
        await pretend((request, response) => {
          if (request.url !== "/v1/events") return void response.end(JSON.stringify(someAgent));
          response.writeHead(503).end(busy);
        }),
      );
      expect(await until(lost)).toMatchObject({ failure: { code: "agent.busy", message: "Too many." } });
    });

    it("for a heartbeat lives, and is not hung up on", async () => {
      let asked = 0;
      const { events, until } = watch(
        await pretend((request, response) => {
          if (request.url === "/v1/events") return void response.write(`${JSON.stringify(someSnapshot())}\n`);
          asked += 1;
          if (asked === 2 || asked === 3) response.writeHead(503).end(busy);
          else response.end(JSON.stringify(someAgent));
        }),
      );
      await until(answered);
      await until(answered);
      expect(asked).toBeGreaterThanOrEqual(4);
      expect(events.filter(lost)).toEqual([]);
    });
  });

  it("a socket that may not be opened says so", async () => {
    const denied = () => Promise.reject(Object.assign(new Error("connect EACCES"), { code: "EACCES" }));
    expect(await keep(watchSession({ ...socketConnector("/denied"), connect: denied })).until(lost)).toMatchObject({
      failure: { code: "server.socket-denied" },
    });
  });
});

describe("a stream with a hole", () => {
  const agentWith = (...streams: unknown[][]) => {
    let subscriptions = 0;
    const answer: http.RequestListener = (request, response) => {
      if (request.url !== "/v1/events") return void response.end(JSON.stringify(someAgent));
      const lines = streams[Math.min(subscriptions, streams.length - 1)] ?? [];
      subscriptions += 1;
      for (const line of lines) response.write(`${JSON.stringify(line)}\n`);
    };
    return { answer, subscriptions: () => subscriptions };
  };

  it("is subscribed anew, and what came after the hole is not shown", async () => {
    const { answer, subscriptions } = agentWith(
      [someSnapshot(), metricsEvent(2, 1), metricsEvent(5, 99)],
      [someSnapshot({ revision: 7 })],
    );
    const { events, until } = watch(await pretend(answer));
    await until((event) => snapshotOf(event)?.revision === 7);
    expect(subscriptions()).toBe(2);
    expect(JSON.stringify(events)).not.toContain('"perSecond":99');
  });

  it("does not hammer an agent that drops everyone", async () => {
    let subscriptions = 0;
    const { until } = watch(
      await pretend((request, response) => {
        if (request.url !== "/v1/events") return void response.end(JSON.stringify(someAgent));
        subscriptions += 1;
        response.end(`${JSON.stringify(someSnapshot())}\n`);
      }),
    );
    await until(lost);
    expect(subscriptions).toBe(1);
    await until(lost);
    expect(subscriptions).toBe(2);
  });
});
