/**
 * An agent as a switch of several servers sees it: one stage at a time with a lease, commits that
 * may be repeated, receipts. Pure data, so that a test can keep and compare thousands of them.
 * Ids are unique within one agent only: agents that went through the same are equal.
 */
import type { Receipt, Stage, StagedChange } from "../../../server-agent/contract/maintenance.ts";
import type { ErrorCode } from "../../../server-agent/contract/errors.ts";
import type { AgentCall, AgentReply } from "../../../main/fleet/agent-call.ts";

interface ModelReceipt extends Pick<Receipt, "id" | "site" | "state" | "operation" | "options" | "revert"> {
  /** The document before its switch. */
  readonly before: string;
  /** The operation whose undoing made it, or reverted it: no agent knows that. */
  readonly madeByUndoOf?: string;
  readonly revertedByUndoOf?: string;
}

interface ModelStage extends Pick<Stage, "id" | "operation" | "changes" | "state" | "baseGeneration"> {
  readonly expiresAt: number;
  readonly receipts: readonly string[];
}

export interface ModelAgent {
  readonly generation: number;
  /** Changes that somebody made by hand. */
  readonly edits: number;
  readonly lastId: number;
  readonly held: ModelStage | undefined;
  /** Newest first, as the others. */
  readonly ended: readonly ModelStage[];
  readonly receipts: readonly ModelReceipt[];
  readonly isDiskFull: boolean;
}

export interface Answer {
  readonly agent: ModelAgent;
  readonly reply: AgentReply;
}

const MAX_ENDED_STAGES = 20;

export function newAgent(): ModelAgent {
  return { generation: 1, edits: 0, lastId: 0, held: undefined, ended: [], receipts: [], isDiskFull: false };
}

/** @param sender the operation on whose behalf it is asked; @param now milliseconds */
export function answer(before: ModelAgent, call: AgentCall, now: number, sender: string): Answer {
  const agent = withoutLease(before, now);
  const id = String(call.given.params?.id ?? "");
  const refuse = (code: ErrorCode): Answer => ({
    agent,
    reply: { name: call.name, result: { ok: false, failure: { code, message: code } } },
  });
  const reply = (next: ModelAgent, value: unknown): Answer => ({
    agent: next,
    reply: { name: call.name, result: { ok: true, value } } as AgentReply,
  });
  switch (call.name) {
    case "stage":
      return stage(agent, call, now, reply, refuse);
    case "commitStage":
      return commit(agent, id, reply, refuse);
    case "abortStage": {
      if (agent.held?.id === id) {
        const next = ended(agent, { ...agent.held, state: "aborted" });
        return reply(next, told(next.ended[0]));
      }
      const found = agent.ended.find((candidate) => candidate.id === id);
      if (found === undefined) return refuse("not-found");
      return found.state === "committed" ? refuse("stage.ended") : reply(agent, told(found));
    }
    case "listStages":
      return reply(agent, {
        stages: [...(agent.held === undefined ? [] : [agent.held]), ...agent.ended].map((each) => told(each)),
      });
    case "listMaintenance":
      return reply(agent, { maintenance: agent.receipts });
    case "getMaintenance": {
      const found = agent.receipts.find((receipt) => receipt.id === id);
      return found === undefined ? refuse("not-found") : reply(agent, found);
    }
    case "startMaintenance": {
      const { body } = call.given;
      if (agent.held !== undefined) return refuse("stage.held");
      if (body === undefined || isClosed(agent, body.site)) return refuse("maintenance.already");
      if (agent.isDiskFull) return refuse("store.failed");
      const made = { ...opened(agent, { kind: "maintenance", options: body }), madeByUndoOf: sender };
      return reply(
        { ...agent, receipts: [made, ...agent.receipts], generation: agent.generation + 1, lastId: agent.lastId + 1 },
        made,
      );
    }
    case "revertMaintenance": {
      if (agent.held !== undefined) return refuse("stage.held");
      const found = agent.receipts.find((receipt) => receipt.id === id);
      if (found === undefined) return refuse("not-found");
      if (found.state === "reverted") return refuse("maintenance.reverted");
      if (agent.isDiskFull) return refuse("store.failed");
      const { agent: next, receipt } = reverted(agent, { ...found, revertedByUndoOf: sender }, undefined);
      return reply({ ...next, generation: agent.generation + 1 }, receipt);
    }
  }
}

/** Somebody saves another document by hand. */
export function edited(agent: ModelAgent): ModelAgent {
  return agent.held === undefined ? { ...agent, generation: agent.generation + 1, edits: agent.edits + 1 } : agent;
}

/** After a crash; a stage that cannot be held again is aborted. */
export function restarted(agent: ModelAgent, now: number, canHold: boolean): ModelAgent {
  const { held } = withoutLease(agent, now);
  if (held === undefined) return withoutLease(agent, now);
  return canHold && held.baseGeneration === agent.generation ? agent : ended(agent, { ...held, state: "aborted" });
}

function isClosed({ receipts }: ModelAgent, site: string): boolean {
  return receipts.some((receipt) => receipt.site === site && receipt.state === "in-maintenance");
}

type Replies = (next: ModelAgent, value: unknown) => Answer;
type Refuses = (code: ErrorCode) => Answer;

function stage(
  agent: ModelAgent,
  { given: { body, ifMatch } }: Extract<AgentCall, { name: "stage" }>,
  now: number,
  reply: Replies,
  refuse: Refuses,
): Answer {
  if (agent.held !== undefined) return refuse("stage.held");
  if (ifMatch !== undefined && ifMatch !== agent.generation) return refuse("config.stale");
  if (body === undefined) return refuse("request.malformed");
  for (const change of body.changes) {
    const code = obstacleTo(agent, change);
    if (code !== undefined) return refuse(code);
  }
  const held: ModelStage = {
    id: `stage-${agent.lastId + 1}`,
    operation: body.operation,
    changes: body.changes,
    state: "staged",
    baseGeneration: agent.generation,
    expiresAt: now + (body.leaseSeconds ?? 30) * 1000,
    receipts: [],
  };
  return reply({ ...agent, held, lastId: agent.lastId + 1 }, told(held));
}

function obstacleTo(agent: ModelAgent, change: StagedChange): ErrorCode | undefined {
  if (change.kind === "maintenance") return isClosed(agent, change.options.site) ? "maintenance.already" : undefined;
  const receipt = agent.receipts.find(({ id }) => id === change.receipt);
  if (receipt === undefined) return "not-found";
  return receipt.state === "reverted" ? "maintenance.reverted" : undefined;
}

function commit(agent: ModelAgent, id: string, reply: Replies, refuse: Refuses): Answer {
  const { held } = agent;
  if (held?.id !== id) {
    const found = agent.ended.find((candidate) => candidate.id === id);
    if (found === undefined) return refuse("not-found");
    return found.state === "committed" ? reply(agent, committed(agent, found)) : refuse("stage.ended");
  }
  if (agent.isDiskFull) return refuse("store.failed");
  let next = agent;
  const receipts: string[] = [];
  for (const change of held.changes)
    if (change.kind === "maintenance") {
      // Of one generation, all have the document before it.
      const made = { ...opened(next, change), before: documentOf(agent), operation: held.operation };
      next = { ...next, receipts: [made, ...next.receipts], lastId: next.lastId + 1 };
      receipts.push(made.id);
    } else {
      const found = next.receipts.find((receipt) => receipt.id === change.receipt);
      if (found !== undefined) next = reverted(next, found, held.operation).agent;
      receipts.push(change.receipt);
    }
  next = ended({ ...next, generation: agent.generation + 1 }, { ...held, state: "committed", receipts });
  return reply(next, committed(next, { ...held, state: "committed", receipts }));
}

function committed({ receipts }: ModelAgent, held: ModelStage): object {
  return {
    stage: told(held),
    receipts: held.receipts.flatMap((id) => receipts.find((receipt) => receipt.id === id) ?? []),
  };
}

/** As the agent tells it. */
function told(stage: ModelStage | undefined): object {
  return { ...stage, sites: [], warnings: [] };
}

function opened(agent: ModelAgent, { options }: Extract<StagedChange, { kind: "maintenance" }>): ModelReceipt {
  return {
    id: `receipt-${agent.lastId + 1}`,
    site: options.site,
    state: "in-maintenance",
    options,
    before: documentOf(agent),
  };
}

function reverted(
  agent: ModelAgent,
  receipt: ModelReceipt,
  operation: Stage["operation"] | undefined,
): { agent: ModelAgent; receipt: ModelReceipt } {
  const after = {
    ...agent,
    receipts: agent.receipts.map((each) =>
      each.id === receipt.id ? { ...receipt, state: "reverted" as const } : each,
    ),
  };
  const done: ModelReceipt = {
    ...receipt,
    state: "reverted",
    revert: {
      how: "delete",
      generation: agent.generation + 1,
      at: "",
      author: "",
      exact: documentOf(after) === receipt.before,
      ...(operation === undefined ? {} : { operation }),
    },
  };
  return {
    agent: { ...after, receipts: after.receipts.map((each) => (each.id === receipt.id ? done : each)) },
    receipt: done,
  };
}

function ended(agent: ModelAgent, stage: ModelStage): ModelAgent {
  return { ...agent, held: undefined, ended: [stage, ...agent.ended].slice(0, MAX_ENDED_STAGES) };
}

function withoutLease(agent: ModelAgent, now: number): ModelAgent {
  const { held } = agent;
  return held === undefined || now < held.expiresAt ? agent : ended(agent, { ...held, state: "expired" });
}

function documentOf({ edits, receipts }: ModelAgent): string {
  const sites = receipts.flatMap(({ site, state }) => (state === "in-maintenance" ? [site] : []));
  return `${edits} ${sites.sort().join(" ")}`;
}
