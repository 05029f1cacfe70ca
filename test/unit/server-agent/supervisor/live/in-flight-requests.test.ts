/** Who watches what is in flight gets each change once, and cannot hold up the agent. */
import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { InFlightRequest } from "../../../../../server-agent/contract/agent.ts";
import { MAX_WATCHED_REQUESTS, RequestsLine } from "../../../../../server-agent/contract/events.ts";
import { matchesFilter, type RequestFilter } from "../../../../../server-agent/core/request-filter.ts";
import { InFlightRequests } from "../../../../../server-agent/supervisor/live/in-flight-requests.ts";

function requestOf(id: string, more: Partial<InFlightRequest> = {}): InFlightRequest {
  return {
    id,
    generation: 1,
    worker: 1,
    virtualHost: "shop",
    site: "shop",
    method: "GET",
    host: "shop.example.com",
    path: "/",
    client: "192.0.2.7",
    kind: "download",
    startedAt: "2026-01-31T22:00:00.000Z",
    bytesReceived: 0,
    bytesSent: 0,
    ...more,
  };
}

class FakeResponse extends EventEmitter {
  writableLength = 0;
  isDestroyed = false;
  readonly lines: RequestsLine[] = [];
  writeHead(): void {
    /* Heads are the integration test's. */
  }
  flushHeaders(): void {
    /* As above. */
  }
  write(text: string): void {
    this.lines.push(RequestsLine.parse(JSON.parse(text)));
  }
  end(): void {
    this.emit("close");
  }
  destroy(): void {
    this.isDestroyed = true;
    this.emit("close");
  }
}

function setUp() {
  const inFlight = { requests: [] as InFlightRequest[], isComplete: true, asked: 0 };
  const streams = new InFlightRequests(
    {
      requests: (filter, limit) => {
        inFlight.asked++;
        const matching = inFlight.requests.filter((request) => matchesFilter(request, filter));
        return Promise.resolve({
          requests: matching.slice(0, limit),
          total: matching.length,
          isComplete: inFlight.isComplete,
        });
      },
      cut: () => Promise.resolve(undefined),
    },
    { busyGenerations: () => new Map(inFlight.requests.map(({ generation }) => [generation, 1])) },
  );
  const subscribe = (filter: RequestFilter = {}): FakeResponse => {
    const response = new FakeResponse();
    streams.watch(response as unknown as ServerResponse, filter);
    return response;
  };
  return { inFlight, streams, subscribe };
}

async function tick(): Promise<void> {
  await vi.advanceTimersByTimeAsync(500);
}

describe("InFlightRequests", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("tells the list at once, then only what has changed, and nothing while nothing does", async () => {
    const { inFlight, subscribe } = setUp();
    inFlight.requests = [requestOf("1-1"), requestOf("1-2")];
    const { lines } = subscribe();
    await vi.advanceTimersByTimeAsync(0);
    expect(lines).toMatchObject([{ type: "snapshot", total: 2, requests: [{ id: "1-1" }, { id: "1-2" }] }]);
    await tick();
    expect(lines).toHaveLength(1);
    inFlight.requests = [requestOf("1-2", { bytesSent: 10 }), requestOf("1-3")];
    await tick();
    expect(lines[1]).toMatchObject({
      type: "changes",
      total: 2,
      changed: [{ id: "1-2", bytesSent: 10 }, { id: "1-3" }],
      ended: ["1-1"],
    });
    inFlight.requests = [];
    await tick();
    expect(lines[2]).toMatchObject({ type: "changes", total: 0, changed: [], ended: ["1-2", "1-3"] });
    expect(lines).toHaveLength(3);
  });

  it("asks no worker while nothing is in flight, nor when nobody watches", async () => {
    const { inFlight, subscribe } = setUp();
    const response = subscribe();
    await vi.advanceTimersByTimeAsync(5000);
    expect(inFlight.asked).toBe(1);
    inFlight.requests = [requestOf("1-1")];
    await tick();
    expect(response.lines).toHaveLength(2);
    response.emit("close");
    const { asked } = inFlight;
    await vi.advanceTimersByTimeAsync(5000);
    expect(inFlight.asked).toBe(asked);
  });

  it("lists the oldest ones, and says how many there are", async () => {
    const { inFlight, subscribe } = setUp();
    inFlight.requests = Array.from({ length: 1000 }, (_, index) => requestOf(`1-${index}`));
    const { lines } = subscribe();
    await vi.advanceTimersByTimeAsync(0);
    expect(lines).toMatchObject([{ type: "snapshot", total: 1000 }]);
    expect(lines[0]?.type === "snapshot" && lines[0].requests.length).toBe(MAX_WATCHED_REQUESTS);
  });

  it("narrows to a site and to what drains", async () => {
    const { inFlight, subscribe } = setUp();
    inFlight.requests = [requestOf("1-1"), requestOf("1-2", { site: "blog" }), requestOf("1-3", { generation: 2 })];
    const ofShop = subscribe({ site: "shop" });
    const draining = subscribe({ before: 2 });
    await vi.advanceTimersByTimeAsync(0);
    expect(ofShop.lines).toMatchObject([{ requests: [{ id: "1-1" }, { id: "1-3" }] }]);
    expect(draining.lines).toMatchObject([{ requests: [{ id: "1-1" }, { id: "1-2" }] }]);
  });

  it("takes nothing for ended because a worker does not answer", async () => {
    const { inFlight, subscribe } = setUp();
    inFlight.requests = [requestOf("1-1"), requestOf("2-1")];
    const { lines } = subscribe();
    await vi.advanceTimersByTimeAsync(0);
    inFlight.requests = [requestOf("1-1")];
    inFlight.isComplete = false;
    await tick();
    expect(lines).toHaveLength(1);
    inFlight.isComplete = true;
    await tick();
    expect(lines[1]).toMatchObject({ type: "changes", ended: ["2-1"] });
  });

  it("drops who does not read, and goes on for the others", async () => {
    const { inFlight, subscribe } = setUp();
    inFlight.requests = [requestOf("1-1")];
    const lazy = subscribe();
    const diligent = subscribe();
    await vi.advanceTimersByTimeAsync(0);
    lazy.writableLength = 2 * 1024 * 1024;
    inFlight.requests = [requestOf("1-1", { bytesSent: 1 })];
    await tick();
    expect(lazy.isDestroyed).toBe(true);
    expect(lazy.lines).toHaveLength(1);
    expect(diligent.isDestroyed).toBe(false);
    expect(diligent.lines).toHaveLength(2);
  });

  it("ends with the agent", async () => {
    const { streams, subscribe, inFlight } = setUp();
    const response = subscribe();
    const hasEnded = vi.fn();
    response.once("close", hasEnded);
    await vi.advanceTimersByTimeAsync(0);
    streams.close();
    expect(hasEnded).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(5000);
    expect(inFlight.asked).toBe(1);
  });
});
