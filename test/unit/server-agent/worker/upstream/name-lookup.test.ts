/** Names of upstreams under a name server that is slow, dead or lies. */
import type { LookupAddress } from "node:dns";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { NameLookup } from "../../../../../server-agent/worker/upstream/name-lookup.ts";

function at(address: string): LookupAddress[] {
  return [{ address, family: 4 }];
}

/** What each name is answered with next; a name without an answer is never answered. */
let answers: Map<string, LookupAddress[] | string>;
let asked: string[];
let names: NameLookup;

function find(name: string): Promise<string> {
  return new Promise((resolve) => {
    names.lookup(name, { all: true }, (failure, found) => {
      resolve(failure?.code ?? (found as LookupAddress[]).map(({ address }) => address).join(" "));
    });
  });
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
  vi.setSystemTime(0);
  vi.advanceTimersByTime(1);
  answers = new Map();
  asked = [];
  names = new NameLookup((name) => {
    asked.push(name);
    const answer = answers.get(name);
    if (answer === undefined) return new Promise(() => undefined);
    return typeof answer === "string"
      ? Promise.reject(Object.assign(new Error(answer), { code: answer }))
      : Promise.resolve(answer);
  });
});

afterEach(() => {
  vi.useRealTimers();
});

describe("a name of an upstream", () => {
  it("is asked for once, whoever waits for it, and remembered", async () => {
    answers.set("app.test", at("192.0.2.1"));
    expect(await Promise.all([find("app.test"), find("app.test")])).toEqual(["192.0.2.1", "192.0.2.1"]);
    expect(await find("app.test")).toBe("192.0.2.1");
    expect(asked).toEqual(["app.test"]);
  });

  it("does not wait for another one that is never answered", async () => {
    for (let visitor = 0; visitor < 10; visitor++) void find("dead.test");
    answers.set("app.test", at("192.0.2.1"));
    expect(await find("app.test")).toBe("192.0.2.1");
    expect(asked).toEqual(["dead.test", "app.test"]);
  });

  it("is followed to its new address, and keeps the old one until that is known", async () => {
    answers.set("app.test", at("192.0.2.1"));
    await find("app.test");
    answers.set("app.test", at("192.0.2.2"));
    vi.advanceTimersByTime(5_001);
    expect(await find("app.test")).toBe("192.0.2.1");
    expect(await find("app.test")).toBe("192.0.2.2");
  });

  it("keeps its last address while the name servers do not answer, but not for ever", async () => {
    answers.set("app.test", at("192.0.2.1"));
    await find("app.test");
    for (const failing of ["EAI_AGAIN", "ETIMEOUT", "ESERVFAIL"]) {
      answers.set("app.test", failing);
      vi.advanceTimersByTime(60_000);
      expect(await find("app.test")).toBe("192.0.2.1");
      expect(await find("app.test")).toBe("192.0.2.1");
    }
    vi.advanceTimersByTime(3_600_000);
    expect(await find("app.test")).toBe("ESERVFAIL");
  });

  it("is asked for again before it is used after a while", async () => {
    answers.set("app.test", at("192.0.2.1"));
    await find("app.test");
    answers.set("app.test", at("192.0.2.2"));
    vi.advanceTimersByTime(30_001);
    expect(await find("app.test")).toBe("192.0.2.2");
  });

  it("is asked for again where nobody was at its address, once a second at most", async () => {
    answers.set("app.test", at("192.0.2.1"));
    await find("app.test");
    answers.set("app.test", at("192.0.2.2"));
    names.doubt("app.test");
    expect(await find("app.test")).toBe("192.0.2.1");
    vi.advanceTimersByTime(1_000);
    expect(await find("app.test")).toBe("192.0.2.2");
    expect(asked).toHaveLength(2);
  });

  it("keeps nobody waiting for a name server that has stopped answering", async () => {
    answers.set("app.test", at("192.0.2.1"));
    await find("app.test");
    answers.delete("app.test");
    vi.advanceTimersByTime(60_000);
    const first = find("app.test");
    vi.advanceTimersByTime(1_000);
    expect(await find("app.test")).toBe("192.0.2.1");
    expect(await first).toBe("192.0.2.1");
  });

  it("begins with another one of its addresses each time", async () => {
    answers.set("app.test", [...at("192.0.2.1"), ...at("192.0.2.2")]);
    const found = [await find("app.test"), await find("app.test"), await find("app.test")];
    expect(found).toEqual(["192.0.2.1 192.0.2.2", "192.0.2.2 192.0.2.1", "192.0.2.1 192.0.2.2"]);
  });

  it("loses its address when the name is known not to exist", async () => {
    answers.set("app.test", at("192.0.2.1"));
    await find("app.test");
    answers.set("app.test", "ENOTFOUND");
    vi.advanceTimersByTime(5_001);
    await find("app.test");
    expect(await find("app.test")).toBe("ENOTFOUND");
  });

  it("that fails is not asked for at every request", async () => {
    answers.set("app.test", "EAI_AGAIN");
    expect([await find("app.test"), await find("app.test")]).toEqual(["EAI_AGAIN", "EAI_AGAIN"]);
    expect(asked).toHaveLength(1);
    answers.set("app.test", at("192.0.2.1"));
    vi.advanceTimersByTime(1_001);
    expect(await find("app.test")).toBe("192.0.2.1");
  });

  it.each(["localhost", "LOCALHOST.", "app.localhost"])("%s leaves the machine never", async (name) => {
    expect(await find(name)).toBe("127.0.0.1 ::1");
    expect(asked).toEqual([]);
  });
});
