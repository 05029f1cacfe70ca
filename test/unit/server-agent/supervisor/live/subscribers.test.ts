/** Who reads a stream slowly, or not at all, costs a bounded amount of memory. */
import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { Subscribers } from "../../../../../server-agent/supervisor/live/subscribers.ts";

const MEGABYTE = 1024 * 1024;

/** A response that nobody reads: whatever is written waits. */
class UnreadResponse extends EventEmitter {
  writableLength = 0;
  destroyed = false;
  writeHead(): void {
    /* Heads are the integration test's. */
  }
  write(text: string): void {
    this.writableLength += text.length;
  }
  end(): void {
    this.emit("close");
  }
  destroy(): void {
    this.destroyed = true;
    setImmediate(() => this.emit("close"));
  }
}

function add(subscribers: Subscribers): UnreadResponse {
  const response = new UnreadResponse();
  subscribers.add(response as unknown as ServerResponse);
  return response;
}

describe("subscribers", () => {
  it("are refused beyond a number, until one leaves", () => {
    const subscribers = new Subscribers();
    const responses = [];
    while (subscribers.obstacle() === undefined) responses.push(add(subscribers));
    expect(responses).toHaveLength(64);
    expect(subscribers.obstacle()?.code).toBe("agent.busy");
    responses[0]?.emit("close");
    expect(subscribers.obstacle()).toBeUndefined();
  });

  it("that do not read are dropped one by one", () => {
    const subscribers = new Subscribers();
    const slow = add(subscribers);
    for (let line = 0; line < 100 && !slow.destroyed; line++) subscribers.sendAll("x".repeat(100_000));
    expect(slow.destroyed).toBe(true);
    expect(slow.writableLength).toBeLessThan(2 * MEGABYTE);
  });

  it("together never have more waiting than a limit, however large the lines: the slowest goes first", () => {
    const subscribers = new Subscribers();
    const responses = Array.from({ length: 20 }, () => add(subscribers));
    const fast = responses[7];
    let waiting = 0;
    for (let line = 0; line < 10; line++) {
      subscribers.sendAll("x".repeat(4 * MEGABYTE));
      if (fast !== undefined) fast.writableLength = 0;
      const living = responses.filter(({ destroyed }) => !destroyed);
      waiting = Math.max(
        waiting,
        living.reduce((sum, { writableLength }) => sum + writableLength, 0),
      );
    }
    expect(waiting, "and one line for each").toBeLessThanOrEqual((32 + 20 * 4) * MEGABYTE);
    expect(responses.filter(({ destroyed }) => destroyed).length).toBeGreaterThan(10);
    expect(fast?.destroyed, "who reads stays").toBe(false);
  });
});
