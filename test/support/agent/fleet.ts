/**
 * What the tests of two phases share: three sites that answer with their names, and stages of them.
 */
import type { Config } from "../../../server-agent/contract/config.ts";
import type { FleetOperation, Stage, StagedChange, StageRequest } from "../../../server-agent/contract/maintenance.ts";
import type { EventStream, TestAgent } from "../../../tools/driving/agent.ts";

export const OPERATION: FleetOperation = { id: "operation-0001", title: "New database", servers: 3 };
export const SITES = ["shop", "blog", "wiki"] as const;
/** What `answersOf` gives. */
export const LIVE = SITES.map((id) => `live ${id}`);
export const CLOSED = SITES.map(() => 503);

export function fleetConfig(): Config {
  return {
    listeners: [{ name: "http", address: "127.0.0.1", port: 0 }],
    virtualHosts: [
      ...SITES.map((id) => ({
        id,
        hosts: [`${id}.example.com`],
        rules: [{ handler: { type: "respond" as const, body: `live ${id}` } }],
      })),
      { id: "default", hosts: ["*"], rules: [{ handler: { type: "error", status: 404 } }] },
    ],
  };
}

export function maintain(...sites: string[]): StagedChange[] {
  return sites.map((site) => ({ kind: "maintenance", options: { site } }));
}
export function bringBack(...receipts: string[]): StagedChange[] {
  return receipts.map((receipt) => ({ kind: "revert", receipt, how: "delete" }));
}
export function staging(changes: StagedChange[], rest: Partial<StageRequest> = {}): StageRequest {
  return {
    operation: OPERATION,
    changes,
    author: "anna",
    ...rest,
  };
}
export function stage(agent: TestAgent, changes: StagedChange[], rest?: Partial<StageRequest>) {
  return agent.call("stage", { body: staging(changes, rest) });
}
export function commit(agent: TestAgent, id: string) {
  return agent.call("commitStage", { params: { id } });
}

/** What every site answers: its text while it is live, else the status. */
export async function answersOf(agent: TestAgent): Promise<(number | string)[]> {
  const visits = await Promise.all(SITES.map((id) => agent.visit({ host: `${id}.example.com` })));
  return visits.map(({ status, text }) => (status === 200 ? text : status));
}

/** The stages as the next event tells them. */
export async function nextStages(events: EventStream): Promise<Stage[]> {
  const line = await events.until(({ type }) => type === "stages");
  return line.type === "stages" ? line.stages : [];
}
