/** The agent that fleets are simulated with does what a real one does, call by call. */
import { describe, expect, it } from "vitest";
import type { AgentCall } from "../../../../main/fleet/agent-call.ts";
import type { StagedChange } from "../../../../server-agent/contract/maintenance.ts";
import { type TestAgent, startAgent } from "../../../../tools/driving/agent.ts";
import { SITES, fleetConfig } from "../../../support/agent/fleet.ts";
import { answer, newAgent } from "../../../support/fleet/agent-model.ts";
import { SEED, repetitions } from "../../../support/repetitions.ts";
import { type SeededRandom, seededRandom } from "../../../support/seeded-random.ts";

const CALLS = 60;
const OPERATION = { title: "", servers: 1 };

/** What one thing is called by the model, and by the agent. */
interface Pair {
  readonly model: string;
  readonly real: string;
}

interface Known {
  readonly stages: readonly Pair[];
  readonly receipts: readonly Pair[];
}

/** The same call for both; ids are those of the model. */
function chosenCall(random: SeededRandom, { stages, receipts }: Known, generation: number): AgentCall {
  const oneOf = (pairs: readonly Pair[]) => pairs[Math.floor(random.next() * pairs.length)]?.model ?? "nothing";
  const id = { params: { id: oneOf(stages.slice(-3)) } };
  switch (random.pick(["stage", "commit", "commit", "abort", "list", "start", "revert", "stage"])) {
    case "stage": {
      const changes: StagedChange[] = random.chance(0.6)
        ? SITES.filter(() => random.chance(0.4)).map((site) => ({ kind: "maintenance", options: { site } }))
        : [{ kind: "revert", receipt: oneOf(receipts.slice(-4)), how: "delete" }];
      const operation = { ...OPERATION, id: `operation-${Math.floor(random.next() * 3)}` };
      return {
        name: "stage",
        given: {
          body: {
            operation,
            changes: changes.length > 0 ? changes : [{ kind: "maintenance", options: { site: "wiki" } }],
            leaseSeconds: 300,
          },
          ...(random.chance(0.3) ? { ifMatch: generation - (random.chance(0.5) ? 1 : 0) } : {}),
        },
      };
    }
    case "commit":
      return { name: "commitStage", given: id };
    case "abort":
      return { name: "abortStage", given: id };
    case "list":
      return { name: "listStages", given: {} };
    case "start":
      return { name: "startMaintenance", given: { body: { site: random.pick(["shop", "blog"]) } } };
    case "revert":
      return {
        name: "revertMaintenance",
        given: { params: { id: oneOf(receipts.slice(-4)) }, body: { how: "delete" } },
      };
  }
}

function asked(agent: TestAgent, call: AgentCall, known: Known): Promise<unknown> {
  let text = JSON.stringify(call);
  for (const { model, real } of [...known.stages, ...known.receipts]) text = text.replaceAll(`"${model}"`, `"${real}"`);
  const { name, given } = JSON.parse(text) as AgentCall;
  return agent.tryCall(name, given);
}

interface Said {
  ok: boolean;
  value?: {
    id?: string;
    site?: string;
    state?: string;
    revert?: { exact: boolean };
    stage?: { state: string; generation?: number };
    stages?: { id: string; state: string }[];
    receipts?: (string | { id: string; site: string; state: string })[];
  };
  error?: { code: string };
  failure?: { code: string };
}

/** What an app goes by. */
function told({ ok, value, error, failure }: Said): object {
  if (!ok) return { code: (error ?? failure)?.code };
  return {
    state: value?.state,
    exact: value?.revert?.exact,
    stage: value?.stage?.state,
    stages: value?.stages?.map(({ state }) => state),
    receipts: value?.receipts?.map((receipt) =>
      typeof receipt === "string" ? "" : [receipt.site, receipt.state].join(" "),
    ),
  };
}

describe("the simulated agent", () => {
  it("answers as a real one does", async () => {
    for (let seed = SEED; seed < SEED + repetitions(2, 10); seed += 1) {
      const random = seededRandom(seed);
      await using real = await startAgent({ config: fleetConfig() });
      let model = newAgent();
      let known: Known = { stages: [], receipts: [] };
      for (let at = 0; at < CALLS; at += 1) {
        const call = chosenCall(random, known, model.generation);
        const expected = (await asked(real, call, known)) as Said;
        const result = answer(model, call, 0, "");
        model = result.agent;
        const said = result.reply.result as Said;
        expect(told(said), `seed ${seed}, call ${at}: ${JSON.stringify(call)}`).toEqual(told(expected));
        known = learned(known, call, said, expected);
      }
      expect((await real.call("getConfig")).generation).toBe(model.generation);
    }
  });
});

function learned(known: Known, { name }: AgentCall, { value: model }: Said, { value: real }: Said): Known {
  if (model === undefined || real === undefined) return known;
  const pair = (one?: string, other?: string): Pair[] =>
    one === undefined || other === undefined ? [] : [{ model: one, real: other }];
  if (name === "stage") return { ...known, stages: [...known.stages, ...pair(model.id, real.id)] };
  if (name === "startMaintenance") return { ...known, receipts: [...known.receipts, ...pair(model.id, real.id)] };
  if (name !== "commitStage") return known;
  const made = (model.receipts ?? []).flatMap((receipt, at) => {
    const other = real.receipts?.[at];
    return typeof receipt === "string" || typeof other !== "object" ? [] : pair(receipt.id, other.id);
  });
  const isNew = ({ model: id }: Pair) => !known.receipts.some((receipt) => receipt.model === id);
  return { ...known, receipts: [...known.receipts, ...made.filter(isNew)] };
}
