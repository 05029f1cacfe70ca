import { expect, it } from "vitest";
import { collectBody } from "../../../../../server-agent/worker/cgi/collect-body.ts";
import type { Exchange } from "../../../../../server-agent/worker/exchange.ts";
import { IncomingRequest } from "../../../../../server-agent/worker/http/incoming-request.ts";

const MIB = Buffer.alloc(1024 * 1024);

function begin() {
  const head = { method: "POST", target: "/", version: "1.1" as const, rawHeaders: [] };
  const source = { pauseReading: () => undefined, resumeReading: () => undefined };
  const request = new IncomingRequest({ ...head, contentLength: undefined, chunked: true }, "192.0.2.1", source);
  // Only what is used of them.
  const response: { shouldKeepAlive: boolean; onClose?: () => void } = { shouldKeepAlive: true };
  const failed: number[] = [];
  const bodies: Buffer[] = [];
  const exchange: unknown = { request, response, entry: {}, fail: (status: number) => failed.push(status) };
  collectBody(exchange as Exchange, (body) => bodies.push(body));
  return { request, response, failed, bodies };
}

it("collects so much in all and no more, and has room again when visitors leave or are done", () => {
  const slow = Array.from({ length: 64 }, begin);
  for (const { request } of slow) request.deliver(MIB);
  const late = begin();
  late.request.deliver(Buffer.from("x"));
  expect(late.failed).toEqual([411]);
  const [done, ...rest] = slow;
  done?.request.ended();
  expect(done?.bodies).toEqual([MIB]);
  for (const { response, failed } of rest) {
    response.onClose?.();
    expect(failed).toEqual([]);
  }
  const next = Array.from({ length: 64 }, begin);
  for (const { request } of next) request.deliver(MIB);
  expect(next.flatMap(({ failed }) => failed)).toEqual([]);
  for (const { response } of next) response.onClose?.();
});
