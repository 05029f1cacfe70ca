import { describe, expect, it } from "vitest";
import type { InFlightRequest } from "../../../../../server-agent/contract/agent.ts";
import { applyRequests } from "../../../../../server-agent/core/client/apply-requests.ts";

const AT = "2026-01-31T22:00:00.000Z";

function requestOf(id: string, second: number, bytesSent = 0): InFlightRequest {
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
    kind: "page",
    startedAt: new Date(Date.parse(AT) + second * 1000).toISOString(),
    bytesReceived: 0,
    bytesSent,
  };
}

describe("applyRequests", () => {
  it("starts with the list of the snapshot, whatever was known before", () => {
    const before = { at: "", requests: [requestOf("1-9", 0)], total: 1 };
    expect(applyRequests(before, { type: "snapshot", at: AT, total: 300, requests: [requestOf("1-1", 1)] })).toEqual({
      at: AT,
      total: 300,
      requests: [requestOf("1-1", 1)],
    });
  });

  it("replaces what has gone on, removes what has ended, and stays oldest first", () => {
    const before = { at: "", requests: [requestOf("1-1", 1), requestOf("1-2", 2), requestOf("2-1", 3)], total: 3 };
    const after = applyRequests(before, {
      type: "changes",
      at: AT,
      total: 3,
      changed: [requestOf("1-2", 2, 500), requestOf("2-3", 0)],
      ended: ["1-1", "9-9"],
    });
    expect(after.requests).toEqual([requestOf("2-3", 0), requestOf("1-2", 2, 500), requestOf("2-1", 3)]);
    expect(before.requests).toHaveLength(3);
  });
});
