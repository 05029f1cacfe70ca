/** Clients that send or read slowly, and many of them: the admin API takes what it can. */
import { once } from "node:events";
import { request, type ClientRequest, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { ADMIN_LIMITS, type AdminLimits } from "../../../../server-agent/admin/load.ts";
import { bindAdminServer } from "../../../../server-agent/admin/admin-server.ts";
import type { AdminRoutes } from "../../../../server-agent/admin/route.ts";
import { createLog } from "../../../../server-agent/log.ts";
import { done } from "../../../../server-agent/result.ts";
import { makeFolder } from "../../../../tools/driving/agent.ts";

const MEGABYTE = 1024 * 1024;

async function startServer(limits: Partial<AdminLimits>) {
  const socketPath = join(await makeFolder(), "s");
  const admin = await bindAdminServer(
    socketPath,
    createLog(() => undefined),
    { ...ADMIN_LIMITS, ...limits },
  );
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const asked = { checks: 0 };
  const routes = {
    checkConfig: async () => {
      asked.checks++;
      await held;
      return done({ kind: "json", value: { ok: true, problems: [] } });
    },
    getConfig: () => done({ kind: "json", value: { text: "x".repeat(2 * MEGABYTE) } }),
    putConfig: () => done({ kind: "json", value: { generation: 2, text: "x".repeat(2 * MEGABYTE) } }),
    listWindows: () => done({ kind: "json", value: { windows: [] } }),
  };
  admin.publish(routes as unknown as AdminRoutes);
  const calls = new Set<ClientRequest>();
  const open = (method: string, path: string, length?: number): ClientRequest => {
    const headers = length === undefined ? {} : { "content-length": length };
    const call = request({ socketPath, method, path, headers, agent: false });
    call.on("error", () => undefined);
    calls.add(call);
    return call;
  };
  return {
    open,
    asked,
    release,
    [Symbol.asyncDispose]: async () => {
      release();
      for (const call of calls) call.destroy();
      await admin.close();
    },
  };
}

async function answerTo(call: ClientRequest): Promise<{ status: number; response: IncomingMessage }> {
  const [response] = (await once(call, "response")) as [IncomingMessage];
  return { status: response.statusCode ?? 0, response };
}

async function statusOf(call: ClientRequest): Promise<number> {
  call.end();
  const { status, response } = await answerTo(call);
  response.resume();
  return status;
}

describe("the admin API", () => {
  it("refuses calls beyond a number, and takes them again when others are over", async () => {
    await using server = await startServer({ calls: 3 });
    const waiting = [1, 2, 3].map(() => {
      const call = server.open("POST", "/v1/config/check", 2);
      call.end("{}");
      return answerTo(call);
    });
    while (server.asked.checks < 3) await setImmediate();
    expect(await statusOf(server.open("GET", "/v1/windows"))).toBe(503);
    server.release();
    for (const { status, response } of await Promise.all(waiting)) {
      expect(status).toBe(200);
      response.resume();
    }
    await expect.poll(() => statusOf(server.open("GET", "/v1/windows"))).toBe(200);
  });

  it("keeps so many bytes of bodies that arrive slowly; small calls are taken all the same", async () => {
    await using server = await startServer({ bytes: 4 * MEGABYTE });
    const slow = Array.from({ length: 4 }, () => server.open("POST", "/v1/config/check", 7 * MEGABYTE));
    const refused = slow.map(answerTo);
    for (const call of slow) call.write(Buffer.alloc(2 * MEGABYTE, " "));
    const first = await Promise.race(refused);
    expect(first.status).toBe(503);
    first.response.resume();
    expect(await statusOf(server.open("GET", "/v1/windows"))).toBe(200);
  });

  it("closes a connection whose request does not arrive in time", async () => {
    await using server = await startServer({ arrivalMs: 50 });
    const call = server.open("POST", "/v1/config/check", 100);
    call.write("{");
    const { status } = await answerTo(call);
    expect(status).toBe(400);
  });

  it("keeps so many bytes of replies that nobody reads, and gives up on them", async () => {
    await using server = await startServer({ bytes: 3 * MEGABYTE, unreadMs: 50 });
    const unread = server.open("GET", "/v1/config");
    unread.end();
    const { status, response } = await answerTo(unread);
    expect(status).toBe(200);
    // Its head has arrived, and nobody reads on.
    const write = server.open("PUT", "/v1/config?author=anna", 2);
    write.setHeader("if-match", "*");
    write.write("{}");
    expect(await statusOf(write), "it has changed something, and says so").toBe(200);
    expect(await statusOf(server.open("GET", "/v1/config"))).toBe(503);
    expect(await statusOf(server.open("GET", "/v1/windows"))).toBe(200);
    response.once("error", () => undefined);
    await expect.poll(() => statusOf(server.open("GET", "/v1/config"))).toBe(200);
  });
});
