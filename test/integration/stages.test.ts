/** Two phases on a real agent: what a stage holds, what its end lets go of, and that a commit says and does the same however often it is sent. */
import { describe, expect, it } from "vitest";
import type { Config, FleetOperation, Stage, StageRequest, StagedChange } from "../../server-agent/contract.ts";
import { startAgent, type EventStream, type TestAgent } from "../support/agent.ts";

const OPERATION: FleetOperation = { id: "operation-0001", title: "New database", servers: 3 };
const SITES = ["shop", "blog", "wiki"] as const;

/** Three sites that answer with their names, and the catch-all. */
function fleetConfig(): Config {
  return {
    listeners: [{ name: "http", address: "127.0.0.1", port: 0 }],
    virtualHosts: [
      ...SITES.map((id) => ({ id, hosts: [`${id}.example.com`], rules: [{ handler: { type: "respond" as const, body: `live ${id}` } }] })),
      { id: "default", hosts: ["*"], rules: [{ handler: { type: "error", status: 404 } }] },
    ],
  };
}

const start = (workers = 1) => startAgent({ config: fleetConfig(), workers });
const maintain = (...sites: string[]): StagedChange[] => sites.map((site) => ({ kind: "maintenance", options: { site } }));
const staging = (changes: StagedChange[], rest: Partial<StageRequest> = {}): StageRequest => ({ operation: OPERATION, changes, author: "anna", ...rest });
const stage = (agent: TestAgent, changes: StagedChange[], rest?: Partial<StageRequest>) => agent.call("stage", { body: staging(changes, rest) });
const commit = (agent: TestAgent, id: string) => agent.call("commitStage", { params: { id } });

async function answers(agent: TestAgent): Promise<(number | string)[]> {
  const visits = await Promise.all(SITES.map((id) => agent.visit({ host: `${id}.example.com` })));
  return visits.map(({ status, text }) => (status === 200 ? text : status));
}

const LIVE = SITES.map((id) => `live ${id}`);
const CLOSED = SITES.map(() => 503);

async function nextStages(events: EventStream): Promise<Stage[]> {
  const line = await events.until(({ type }) => type === "stages");
  return line.type === "stages" ? line.stages : [];
}

describe.each([1, 2])("with %i worker(s), a stage", (workers) => {
  it("changes nothing until its commit, which makes one generation with a receipt for every site", async () => {
    await using agent = await start(workers);
    await using events = await agent.events();
    await events.next();
    const before = (await agent.admin({ path: "/v1/config" })).text;

    const staged = await stage(agent, maintain(...SITES));
    expect(staged).toMatchObject({ operation: OPERATION, author: "anna", sites: SITES, state: "staged", baseGeneration: 1, receipts: [] });
    expect(Date.parse(staged.expiresAt) - Date.parse(staged.stagedAt)).toBe(30_000);
    expect(await nextStages(events)).toEqual([staged]);
    expect(await answers(agent)).toEqual(LIVE);
    expect((await agent.admin({ path: "/v1/config" })).text).toBe(before);

    const { stage: committed, receipts } = await commit(agent, staged.id);
    expect(committed).toEqual({ ...staged, state: "committed", generation: 2, endedAt: receipts[0]?.startedAt, receipts: receipts.map(({ id }) => id) });
    expect(receipts.map(({ site, state, generation, operation, author }) => ({ site, state, generation, operation, author }))).toEqual(
      SITES.map((site) => ({ site, state: "in-maintenance", generation: 2, operation: OPERATION, author: "anna" })),
    );
    expect(await answers(agent)).toEqual(CLOSED);
    expect(await nextStages(events)).toEqual([committed]);
    expect((await agent.call("listGenerations")).generations).toHaveLength(2);
    for (const { id } of receipts) await events.until((line) => line.type === "maintenance" && line.receipt.id === id && line.receipt.proof !== undefined);

    const back = await stage(
      agent,
      receipts.map(({ id }) => ({ kind: "revert", receipt: id, how: "delete" })),
    );
    const { receipts: reverted } = await commit(agent, back.id);
    expect(reverted.map(({ state, revert }) => [state, revert?.exact, revert?.operation?.id, revert?.generation])).toEqual(
      SITES.map(() => ["reverted", true, OPERATION.id, 3]),
    );
    expect((await agent.admin({ path: "/v1/config" })).text.replace('"generation":3', '"generation":1')).toBe(before);
    expect(await answers(agent)).toEqual(LIVE);
  });
});
