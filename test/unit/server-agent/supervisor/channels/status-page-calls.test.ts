/** When a status page is changed, and how its service documents that. */
import { describe, expect, it } from "vitest";
import type { Receipt } from "../../../../../server-agent/contract/maintenance.ts";
import type { Proof, ProofCell } from "../../../../../server-agent/contract/proof.ts";
import {
  checkCall,
  closeCall,
  idIn,
  missingComponent,
  nextStep,
  openCall,
  refusalIn,
  type StatusPage,
} from "../../../../../server-agent/supervisor/channels/status-page-calls.ts";
import { someReceipt } from "../../../../support/desktop/desktop-fixtures.ts";

const START = "2030-01-06T01:00:00.000Z";

function page(change: Partial<StatusPage> = {}): StatusPage {
  const ids = { id: "status", createdAt: START, page: "pg1", token: "key", components: ["c1"], sites: [], opened: [] };
  return { kind: "status-page", service: "statuspage", ...ids, ...change };
}
function proof(...outcomes: ProofCell["outcome"][]): Proof {
  const cell = { host: "", listener: "", path: "/", probe: "page", expected: "", observed: "", message: "" } as const;
  return { generation: 1, observedAt: START, durationMs: 1, cells: outcomes.map((outcome) => ({ ...cell, outcome })) };
}
function receipt(change: Partial<Receipt> = {}): Receipt {
  return someReceipt({ startedAt: START, proof: proof("right"), ...change });
}
function reverted(seen?: Proof): Receipt {
  const how = { how: "delete", generation: 2, at: START, author: "anna", exact: true } as const;
  return receipt({ state: "reverted", revert: { ...how, ...(seen === undefined ? {} : { proof: seen }) } });
}
const OPENED = page({ opened: [{ receipt: "r-1", id: "inc1" }] });

describe("a maintenance", () => {
  it("is opened once, when all visitors were seen to get the page", () => {
    expect(nextStep(page(), [receipt()])).toMatchObject({ open: { id: "r-1" } });
    expect(nextStep(OPENED, [receipt()])).toBe(undefined);
    for (const seen of [proof("right", "wrong"), proof("skipped"), proof()])
      expect(nextStep(page(), [receipt({ proof: seen })])).toBe(undefined);
    const { proof: _proof, ...unseen } = receipt();
    expect(nextStep(page(), [unseen])).toBe(undefined);
    expect(nextStep(page({ sites: ["blog"] }), [receipt()])).toBe(undefined);
    expect(nextStep(page({ sites: ["shop"] }), [receipt()])).toMatchObject({ open: { site: "shop" } });
  });

  it("is closed when they were seen to get the site again, or nobody knows of it any more", () => {
    expect(nextStep(OPENED, [reverted(proof("right"))])).toEqual({ close: { receipt: "r-1", id: "inc1" } });
    for (const seen of [undefined, proof("right", "wrong")]) expect(nextStep(OPENED, [reverted(seen)])).toBe(undefined);
    expect(nextStep(OPENED, [])).toEqual({ close: { receipt: "r-1", id: "inc1" } });
    expect(nextStep(page(), [reverted(proof("right"))])).toBe(undefined);
  });
});

describe("what is asked", () => {
  const bodyOf = ({ body = "" }: { body?: string }) => JSON.parse(body) as unknown;

  it("of Statuspage", () => {
    const open = openCall(
      page(),
      receipt({ reason: "New\ndisks", until: "2030-01-06T03:00:00.000Z" }),
      "shop.example.com",
    );
    expect(open).toMatchObject({
      method: "POST",
      url: "https://api.statuspage.io/v1/pages/pg1/incidents",
      headers: { authorization: "OAuth key" },
    });
    expect(bodyOf(open)).toEqual({
      incident: {
        name: "Maintenance of shop.example.com",
        body: "New disks",
        status: "in_progress",
        impact_override: "maintenance",
        scheduled_for: START,
        scheduled_until: "2030-01-06T03:00:00.000Z",
        scheduled_auto_completed: false,
        component_ids: ["c1"],
        components: { c1: "under_maintenance" },
      },
    });
    const close = closeCall(page({ components: [] }), "inc1", START);
    expect(close).toMatchObject({ method: "PATCH", url: "https://api.statuspage.io/v1/pages/pg1/incidents/inc1" });
    expect(bodyOf(close)).toEqual({ incident: { status: "completed", body: "The maintenance is over." } });
  });

  it("of Instatus", () => {
    const instatus = page({ service: "instatus" });
    const open = openCall(instatus, receipt({ reason: "" }), "shop.example.com");
    expect(open).toMatchObject({
      method: "POST",
      url: "https://api.instatus.com/v1/pg1/maintenances",
      headers: { authorization: "Bearer key" },
    });
    expect(bodyOf(open)).toEqual({
      name: "Maintenance of shop.example.com",
      message: "shop.example.com is in maintenance.",
      components: ["c1"],
      start: START,
      duration: 240,
      status: "INPROGRESS",
      notify: true,
      statuses: [{ id: "c1", status: "UNDERMAINTENANCE" }],
    });
    const close = closeCall(instatus, "m1", START);
    expect(close.url).toBe("https://api.instatus.com/v1/pg1/maintenances/m1/maintenance-updates");
    expect(bodyOf(close)).toMatchObject({ status: "COMPLETED", statuses: [{ id: "c1", status: "OPERATIONAL" }] });
    expect(checkCall(page({ api: "https://proxy.example.com/status/" })).url).toBe(
      "https://proxy.example.com/status/v1/pages/pg1/components",
    );
  });

  it.each(["statuspage", "instatus"] as const)("of %s, while another site is still closed", (service) => {
    const opened = [
      { receipt: "r-1", id: "inc1" },
      { receipt: "r-2", id: "inc2" },
    ];
    const statusesFor = (known: StatusPage["opened"]) =>
      closeCall(page({ service, opened: known }), "inc1", START).body?.match(/OPERATIONAL|UNDER_?MAINTENANCE/gi);
    expect(statusesFor(opened)).toEqual([service === "statuspage" ? "under_maintenance" : "UNDERMAINTENANCE"]);
    expect(statusesFor(opened.slice(0, 1))).toEqual([service === "statuspage" ? "operational" : "OPERATIONAL"]);
  });

  it("is refused in words without the key, that can be read", () => {
    const channel = page({ token: "0123456789abcdef" });
    const said = JSON.stringify("no \u202eOAuth 0123456789abcdef\nhere");
    for (const body of [`{"error":${said}}`, `{"error":{"message":${said}}}`])
      expect(refusalIn(channel, body)).toBe("no \ufffdOAuth … here");
    for (const body of ["", "<html>", "{}", '{"error":""}', '{"error":7}'])
      expect(refusalIn(channel, body)).toBe(undefined);
  });

  it("is read from the answer", () => {
    expect(idIn('{"id":"inc1","name":"x"}')).toBe("inc1");
    for (const body of ["", "[]", '{"id":7}', '{"id":""}']) expect(idIn(body)).toBe(undefined);
    expect(missingComponent(page(), '[{"id":"c1"},{"id":"c2"}]')).toBe(undefined);
    expect(missingComponent(page(), '[{"id":"c2"}]')).toBe("c1");
  });
});
