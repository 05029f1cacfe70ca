/**
 * Reminders that leave the agent: to a real receiver that fails first, and to programs of the
 * operator's.
 */
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeFolder, startAgent, type TestAgent } from "../../../../../tools/driving/agent.ts";
import { untilReminder } from "../../../../support/agent/windows.ts";

const SECRET = "whsec_c2VjcmV0LW9mLXRoZS10ZXN0";
const PATH_SECRET = "T00/B11/XXhidden";

interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

/** Answers with these statuses in turn, then with 204. After 429 it wants a second of rest. */
async function startReceiver(...statuses: number[]) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      received.push({ headers: request.headers, body });
      const status = statuses.shift() ?? 204;
      const headers = { 302: { location: "/elsewhere" }, 404: {}, 429: { "retry-after": "1" } }[status] ?? {};
      response.writeHead(status, headers).end(status === 404 ? "no_service" : undefined);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    received,
    url: `http://127.0.0.1:${port}/services/${PATH_SECRET}`,
    [Symbol.dispose]: () => void server.close(),
  };
}

/** A reminder, now: a maintenance by hand whose end is over. */
async function remind(agent: TestAgent) {
  await agent.call("startMaintenance", {
    body: { site: "shop", author: "anna", until: new Date(Date.now() + 300).toISOString() },
  });
  return untilReminder(agent, "overrun");
}
async function deliveriesOf(agent: TestAgent, id: string) {
  return (await agent.call("listReminders")).reminders.find((reminder) => reminder.id === id)?.deliveries ?? [];
}

describe("a webhook", () => {
  it("is signed, tried again until it arrives, also by the agent after a kill -9; its secrets never leave the agent", async () => {
    using receiver = await startReceiver(500, 302);
    const folder = await makeFolder();
    await using agent = await startAgent({ folder });
    const shown = await agent.call("putChannel", {
      params: { id: "ops" },
      body: { kind: "webhook", url: receiver.url, format: "json", secret: SECRET },
    });
    expect(shown).toEqual({
      id: "ops",
      kind: "webhook",
      origin: new URL(receiver.url).origin,
      format: "json",
      hasSecret: true,
    });
    const { id } = await remind(agent);
    await expect
      .poll(() => deliveriesOf(agent, id))
      .toMatchObject([{ to: "webhook:ops", ok: false, tries: 1, why: "it answered 500" }]);
    await expect
      .poll(() => deliveriesOf(agent, id), { timeout: 15_000 })
      .toMatchObject([{ ok: false, tries: 2, why: "it answered 302" }]);
    await agent.kill("SIGKILL");

    await using second = await startAgent({ folder });
    await expect
      .poll(() => deliveriesOf(second, id), { timeout: 15_000 })
      .toMatchObject([{ to: "webhook:ops", ok: true, tries: 3 }]);
    expect(receiver.received).toHaveLength(3);
    for (const { headers, body } of receiver.received) {
      const signed = `${id}.${String(headers["webhook-timestamp"])}.${body}`;
      const key = Buffer.from(SECRET.slice("whsec_".length), "base64");
      expect(headers).toMatchObject({
        "webhook-id": id,
        "webhook-signature": `v1,${createHmac("sha256", key).update(signed).digest("base64")}`,
      });
      expect(JSON.parse(body)).toMatchObject({
        type: "backsoon.reminder",
        data: { id, kind: "overrun", sites: ["shop"], server: expect.any(String) as string },
      });
      expect(Math.abs(Number(headers["webhook-timestamp"]) * 1000 - Date.now())).toBeLessThan(60_000);
    }

    await using events = await second.events();
    const snapshot = await events.until((line) => line.type === "snapshot");
    const said = [
      JSON.stringify(snapshot),
      JSON.stringify(await second.call("listChannels")),
      JSON.stringify(await second.call("listReminders")),
      agent.log(),
      second.log(),
    ];
    for (const text of said) for (const secret of [SECRET, PATH_SECRET]) expect(text).not.toContain(secret);
    const files = await readdir(join(folder, "state/channels"));
    expect(files).toEqual(["ops.json"]);
    expect((await stat(join(folder, "state/channels/ops.json"))).mode & 0o777).toBe(0o600);
  });

  it("keeps what is left out of a change, loses a secret that is set to null, and speaks as chat tools want it", async () => {
    using receiver = await startReceiver();
    await using agent = await startAgent();
    const put = (body: object) =>
      agent.tryCall("putChannel", {
        params: { id: "chat" },
        body: { kind: "webhook", format: "text", ...body } as never,
      });
    expect(await put({})).toMatchObject({
      ok: false,
      error: { code: "options.invalid", message: expect.stringContaining("/url") as string },
    });
    expect(await put({ url: "ftp://example.com" })).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining("https://") as string },
    });
    const withPassword = await put({ url: receiver.url.replace("//", "//ops:hunter2@") });
    expect(withPassword).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining("remove the user name and password") as string },
    });
    expect(JSON.stringify(withPassword)).not.toContain("hunter2");
    expect(await put({ url: receiver.url, secret: "a long secret" })).toMatchObject({
      ok: true,
      value: { hasSecret: true },
    });
    expect(await put({})).toMatchObject({ ok: true, value: { hasSecret: true, origin: new URL(receiver.url).origin } });
    expect(await put({ secret: null })).toMatchObject({ ok: true, value: { hasSecret: false } });
    expect(await agent.call("testChannel", { params: { id: "chat" } })).toEqual({ ok: true });
    const [test] = receiver.received;
    expect(JSON.parse(test?.body ?? "")).toEqual({
      text: expect.stringMatching(/^Reminders of .+ arrive here\nA test of the channel chat\.$/) as string,
    });
    expect(test?.headers["webhook-signature"]).toBe(undefined);
    await agent.call("removeChannel", { params: { id: "chat" } });
    expect(await agent.tryCall("testChannel", { params: { id: "chat" } })).toMatchObject({
      ok: false,
      error: { code: "not-found" },
    });
    expect(
      await agent.tryCall("putChannel", { params: { id: "../x" }, body: { kind: "command", program: "x" } }),
    ).toMatchObject({ ok: false });
  });

  it("of Slack gets blocks, says what Slack said, and is left alone for as long as Slack asks", async () => {
    using receiver = await startReceiver(404, 429);
    await using agent = await startAgent();
    await agent.call("putChannel", {
      params: { id: "slack" },
      body: { kind: "webhook", url: receiver.url, format: "slack", server: "web-01" },
    });
    expect(await agent.call("testChannel", { params: { id: "slack" } })).toEqual({
      ok: false,
      why: expect.stringMatching(/^it answered 404 \(no_service\): .*create a new one/) as string,
    });
    const { id } = await remind(agent);
    await expect
      .poll(() => deliveriesOf(agent, id))
      .toMatchObject([{ ok: false, tries: 1, why: "it takes no more messages for 1 s (429)" }]);
    // Much earlier than it would be tried again without the receiver's word.
    await expect.poll(() => deliveriesOf(agent, id), { timeout: 4000 }).toMatchObject([{ ok: true, tries: 2 }]);
    expect(receiver.received.map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([
      { blocks: [{ type: "header" }, { type: "section" }] },
      {
        blocks: [
          { text: { text: "shop.example.com is still in maintenance at the planned end (web-01)" } },
          { elements: [{ text: expect.stringContaining("<!date^") as string }] },
        ],
      },
      { blocks: [{}, {}] },
    ]);
  });

  it("that nobody answers says so, and holds nothing up", async () => {
    await using agent = await startAgent();
    await agent.call("putChannel", {
      params: { id: "gone" },
      body: { kind: "webhook", url: "http://127.0.0.1:1/secret", format: "json" },
    });
    const test = await agent.call("testChannel", { params: { id: "gone" } });
    expect(test.ok).toBe(false);
    expect(test.why).toMatch(/^the connection failed|bad port/);
    expect(test.why).not.toContain("secret");
  });
});

describe("a command", () => {
  it("gets the reminder on its standard input; one that fails, is missing, or leads out of its folder says so", async () => {
    const folder = await makeFolder();
    await using agent = await startAgent({ folder });
    const hooks = join(folder, "state/hooks");
    await mkdir(hooks);
    const write = async (name: string, text: string) => {
      await writeFile(join(hooks, name), text);
      await chmod(join(hooks, name), 0o700);
    };
    const out = join(folder, "out.json");
    await write(
      "page-me",
      `#!/bin/sh\n[ -z "$BACKSOON_SOCKET" ] || exit 9\ncat > '${out}'\necho "$BACKSOON_KIND $BACKSOON_TITLE" >> '${out}'\n`,
    );
    await write("fails", "#!/bin/sh\necho first >&2\necho 'no route to pager' >&2\nexit 7\n");
    await writeFile(join(hooks, "plain"), "#!/bin/sh\n");
    await symlink("/bin/true", join(hooks, "outside"));
    const tryIt = async (program: string) => {
      await agent.call("putChannel", { params: { id: "pager" }, body: { kind: "command", program } });
      return agent.call("testChannel", { params: { id: "pager" } });
    };
    expect(await tryIt("fails")).toEqual({ ok: false, why: "fails ended with code 7: no route to pager" });
    expect(await tryIt("missing")).toMatchObject({
      ok: false,
      why: expect.stringContaining("there is no program") as string,
    });
    expect(await tryIt("plain")).toMatchObject({ ok: false, why: expect.stringContaining("not executable") as string });
    expect(await tryIt("outside")).toMatchObject({ ok: false, why: expect.stringContaining("leads out") as string });
    expect(
      await agent.tryCall("putChannel", {
        params: { id: "pager" },
        body: { kind: "command", program: "../../bin/true" },
      }),
    ).toMatchObject({ ok: false });
    expect(await tryIt("page-me")).toEqual({ ok: true });

    const { id } = await remind(agent);
    await expect.poll(() => deliveriesOf(agent, id)).toMatchObject([{ to: "command:pager", ok: true, tries: 1 }]);
    const [json = "", words] = (await readFile(out, "utf8")).split("\n");
    expect(JSON.parse(json)).toMatchObject({
      id,
      type: "backsoon.reminder",
      data: { kind: "overrun", sites: ["shop"] },
    });
    expect(words).toBe("overrun shop.example.com is still in maintenance at the planned end");
  });

  it("that hangs ends with the agent, and with all that it has started", async () => {
    const folder = await makeFolder();
    await using agent = await startAgent({ folder });
    const hooks = join(folder, "state/hooks");
    await mkdir(hooks);
    const pids = join(folder, "pids");
    await writeFile(join(hooks, "hangs"), `#!/bin/sh\nsleep 300 &\necho "$$ $!" > '${pids}'\nwait\n`);
    await chmod(join(hooks, "hangs"), 0o700);
    await agent.call("putChannel", { params: { id: "pager" }, body: { kind: "command", program: "hangs" } });
    await remind(agent);
    const read = async () => (await readFile(pids, "utf8").catch(() => "")).trim();
    await expect.poll(read).toMatch(/^\d+ \d+$/);
    const started = (await read()).split(" ").map(Number);
    await agent.kill("SIGTERM");
    for (const pid of started) await expect.poll(() => isGone(pid)).toBe(true);
  });
});

/** A zombie runs no more. */
async function isGone(pid: number): Promise<boolean> {
  const text = await readFile(`/proc/${String(pid)}/stat`, "utf8").catch(() => "");
  return text === "" || text.includes(") Z ");
}
