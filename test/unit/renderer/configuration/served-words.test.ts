import { describe, expect, it } from "vitest";
import type { ServerState } from "../../../../main/contract/servers.ts";
import type { Snapshot } from "../../../../server-agent/contract/events.ts";
import {
  besideServer,
  FOREIGN_COPYCAT,
  FOREIGN_SHOP,
  someWebServer,
  someWebSite,
} from "../../../support/desktop/web-servers.ts";
import { inFlightNow, stopsServing } from "../../../../renderer/configuration/served-words.ts";

const NOW = Date.parse("2026-11-20T22:00:00Z");
const OBSERVED = "2026-11-20T21:55:00Z";

function server(hosts: string[], { connected = true, inFlight = 0 } = {}): ServerState {
  return {
    profile: { id: "one", kind: "local", name: "web-01", socketPath: "/run/backsoon/agent.sock" },
    connection: connected
      ? { state: "connected", since: OBSERVED, observedAt: OBSERVED, roundTripMs: 1, clockAheadMs: 0 }
      : { state: "unreachable", since: OBSERVED, failure: { code: "ssh.lost", message: "gone" }, retryAt: null },
    snapshot: {
      config: {
        listeners: [],
        virtualHosts: [
          { id: "a-copycat", copycatOf: "a.example.com", hosts: ["a.example.com"], rules: [] },
          ...hosts.map((host) => ({
            id: host,
            hosts: [host],
            rules: [],
            ...(host.startsWith("off") ? { disabled: true } : {}),
          })),
        ],
      },
      maintenance: [],
      metrics: { "a.example.com": { inFlight } },
    } as unknown as Snapshot,
    observedAt: OBSERVED,
    history: {},
    historyAt: null,
    publicProofs: {},
  };
}

describe("what ends with an agent", () => {
  it.each([
    [["a.example.com"], "1 site stops being served: a.example.com."],
    [["a.example.com", "*"], "2 sites stop being served: a.example.com and all other hosts."],
    [
      ["a.example.com", "off.example.com", "b.example.com", "c.example.com"],
      "3 sites stop being served: a.example.com, b.example.com and c.example.com.",
    ],
    [
      ["a.example.com", "b.example.com", "c.example.com", "d.example.com", "*"],
      "5 sites stop being served: a.example.com, b.example.com, c.example.com and 2 more.",
    ],
    [[], "No site is served there."],
  ])("with the sites %o is told as: %s", (hosts, words) => {
    expect(stopsServing(server(hosts), NOW)).toBe(words);
  });

  it("says that a web server beside the agent goes on", () => {
    const one = besideServer([FOREIGN_SHOP], [someWebServer([someWebSite()])]);
    expect(stopsServing(one, NOW)).toBe("nginx goes on serving its site.");
    const closed = besideServer([FOREIGN_COPYCAT, FOREIGN_SHOP], [someWebServer([someWebSite()])]);
    expect(stopsServing(closed, NOW)).toContain("those in maintenance stay closed");
  });

  it("says how old that is where the server is away, and that nothing is known where it was never seen", () => {
    expect(stopsServing(server(["a.example.com"], { connected: false }), NOW)).toBe(
      "1 site stops being served, as it was last seen 5 min ago: a.example.com.",
    );
    expect(stopsServing({ ...server([]), snapshot: null, observedAt: null }, NOW)).toContain("is unknown");
  });

  it("names what is in flight only while that is known", () => {
    expect(inFlightNow(server(["a.example.com"], { inFlight: 1 }))).toBe(
      "1 request is in flight, with 30 seconds to end.",
    );
    expect(inFlightNow(server(["a.example.com"], { inFlight: 7 }))).toContain("7 requests are");
    expect(inFlightNow(server(["a.example.com"]))).toBeUndefined();
    expect(inFlightNow(server(["a.example.com"], { inFlight: 7, connected: false }))).toBeUndefined();
  });
});
