import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { IncomingRequest } from "../../../../../server-agent/worker/http/incoming-request.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("the time for a body begins when somebody reads it, as after waiting for its upstream", () => {
  const head = { method: "POST", target: "/", version: "2.0" as const, rawHeaders: [] };
  const source = { pauseReading: () => undefined, resumeReading: () => undefined };
  const request = new IncomingRequest({ ...head, contentLength: undefined, chunked: true }, "192.0.2.1", source);
  request.limitBody(undefined, 1000);
  vi.advanceTimersByTime(5000);
  const told: string[] = [];
  request.read({
    onData: (bytes) => told.push(bytes.toString()),
    onEnd: () => told.push("end"),
    onAbandoned: (status) => told.push(String(status)),
  });
  request.deliver(Buffer.from("all of it"));
  vi.advanceTimersByTime(999);
  expect(told).toEqual(["all of it"]);
  vi.advanceTimersByTime(1);
  expect(told).toEqual(["all of it", "408"]);
});
