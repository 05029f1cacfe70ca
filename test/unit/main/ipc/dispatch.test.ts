import { describe, expect, it } from "vitest";
import { FailureError, done, failed } from "../../../../main/failures.ts";
import { type Handlers, type Sender, answerCall, isTrusted } from "../../../../main/ipc/dispatch.ts";

const page: Sender = { ownWindow: true, mainFrame: true, url: "app://backsoon/index.html" };

/** Handlers of which only those given may be reached. */
function handlers(given: Partial<Handlers>): Handlers {
  return given as Handlers;
}

async function ask(given: Partial<Handlers>, name: unknown, input?: unknown, sender = page) {
  const lines: string[] = [];
  return { result: await answerCall(handlers(given), sender, name, input, (line) => lines.push(line)), lines };
}

describe("who may call", () => {
  it.each<[string, Sender, boolean]>([
    ["the page in the app's window", page, true],
    ["a frame inside the page", { ...page, mainFrame: false }, false],
    ["another window", { ...page, ownWindow: false }, false],
    ["a frame that is gone", { ...page, url: undefined }, false],
    ["a preview", { ...page, url: "app://preview/abc" }, false],
    ["a page from elsewhere", { ...page, url: "https://example.com/index.html" }, false],
    ["a host that only begins like ours", { ...page, url: "app://backsoon.example.com/index.html" }, false],
    ["an empty address", { ...page, url: "" }, false],
  ])("%s: %#", (_who, sender, trusted) => {
    expect(isTrusted(sender)).toBe(trusted);
  });

  it("refuses before it looks at the call", async () => {
    const { result, lines } = await ask(
      { "state.get": () => failed("internal", "must not run") },
      "state.get",
      undefined,
      { ...page, mainFrame: false },
    );
    expect(result).toMatchObject({ ok: false, failure: { code: "ipc.sender" } });
    expect(lines).toHaveLength(1);
  });
});

describe("what may be asked", () => {
  it.each([["no.such"], ["constructor"], ["__proto__"], [42], [undefined], [null], [{ toString: () => "state.get" }]])(
    "has no command %j",
    async (name) => {
      expect((await ask({}, name)).result).toMatchObject({ ok: false, failure: { code: "ipc.input" } });
    },
  );

  it("names the field that is wrong", async () => {
    const { result } = await ask({}, "server.rename", { serverId: "a", name: "x".repeat(101) });
    expect(result).toMatchObject({
      ok: false,
      failure: {
        code: "ipc.input",
        message: expect.stringContaining("/name") as string,
        problems: [{ path: "/name" }],
      },
    });
  });

  it("escapes a field's name as a JSON pointer", async () => {
    const { result } = await ask({}, "config.put", {
      serverId: "a",
      ifGeneration: 1,
      reason: "",
      config: { listeners: [], virtualHosts: [], upstreams: { "a/b": {} } },
    });
    expect(result).toMatchObject({
      failure: {
        problems: expect.arrayContaining([
          expect.objectContaining({ path: expect.stringContaining("a~1b") as string }),
        ]) as unknown,
      },
    });
  });

  it("refuses fields it does not know", async () => {
    expect((await ask({}, "server.remove", { serverId: "a", force: true })).result).toMatchObject({
      failure: { code: "ipc.input" },
    });
  });

  it("hands the parsed input to the handler", async () => {
    const seen: unknown[] = [];
    const { result } = await ask({ "server.remove": (input) => (seen.push(input), done(null)) }, "server.remove", {
      serverId: "a",
    });
    expect(result).toEqual({ ok: true, value: null });
    expect(seen).toEqual([{ serverId: "a" }]);
  });
});

describe("what comes of it", () => {
  it("passes a thrown failure on as a value", async () => {
    const failure = { code: "settings.failed", message: "the disk is full" } as const;
    const { result, lines } = await ask(
      { "practice.stop": () => Promise.reject(new FailureError(failure)) },
      "practice.stop",
    );
    expect(result).toEqual({ ok: false, failure });
    expect(lines).toEqual([]);
  });

  it("turns a fault into `internal` and logs its stack", async () => {
    const broken = () => {
      throw new TypeError("boom");
    };
    const { result, lines } = await ask({ "practice.stop": broken }, "practice.stop");
    expect(result).toMatchObject({
      ok: false,
      failure: { code: "internal", message: expect.stringContaining("boom") as string },
    });
    expect(JSON.stringify(result)).not.toContain("ipc/dispatch.test");
    expect(lines.join()).toContain("ipc/dispatch.test");
  });
});
