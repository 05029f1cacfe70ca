/** The app's fleet operations on real agents, without the app around them. */
import { socketConnector, openTransport } from "../../../main/agent/socket-transport.ts";
import type { Result } from "../../../main/contract/failures.ts";
import { isInProgress } from "../../../main/contract/shared/states.ts";
import { FailureError } from "../../../main/failures.ts";
import { Fleet, type FleetParts } from "../../../main/fleet/fleet.ts";
import type { Operation } from "../../../main/fleet/operation.ts";
import type { OpenDocument } from "../../../main/stores/document.ts";
import type { StoredOperation } from "../../../main/stores/fleet-operations.ts";
import { decodeReply, encodeCall } from "../../../server-agent/core/client/admin-call.ts";
import type { TestAgent } from "../../../tools/driving/agent.ts";

export type Call = FleetParts["call"];

export interface Servers {
  agents: Map<string, TestAgent>;
  call: Call;
}

/** Calls them over their sockets, by the names that they have here. */
export function reached(agents: Map<string, Pick<TestAgent, "socketPath">>): Pick<Servers, "call"> {
  const call: Call = async (serverId, name, given) => {
    const transport = openTransport(socketConnector(agents.get(serverId)?.socketPath ?? ""), serverId);
    try {
      const { status, text } = await transport.call(encodeCall(name, given), 10_000);
      const reply = decodeReply(name, status, text);
      return reply.ok
        ? { ok: true, value: reply.value }
        : { ok: false, failure: { code: reply.error.code, message: reply.error.message } };
    } catch (error) {
      if (error instanceof FailureError) return { ok: false, failure: error.failure };
      throw error;
    } finally {
      transport.close();
    }
  };
  return { call };
}

/** What the app remembers between its starts. */
export function memory(): OpenDocument<StoredOperation[]> {
  let value: StoredOperation[] = [];
  return {
    get value() {
      return value;
    },
    problem: undefined,
    save: (next) => (value = structuredClone(next)),
  };
}

export interface App {
  fleet: Fleet;
  latest: () => Operation;
  /** Resolves when the newest operation meets this. */
  until: (test: (operation: Operation) => boolean) => Promise<Operation>;
}

/** @param now By which it gives up waiting; the system's clock, but for a test that cannot wait. */
export function app({ call, agents }: Servers, document = memory(), now = () => performance.now()): App {
  let operations: Operation[] = [];
  const waiting = new Set<() => void>();
  const report = (next: Operation[]) => {
    operations = next;
    for (const look of waiting) look();
  };
  const fleet = new Fleet({
    document,
    call,
    nameOf: (id) => (agents.has(id) ? id.toUpperCase() : undefined),
    author: () => "anna",
    report,
    log: () => undefined,
    now,
  });
  const latest = (): Operation => {
    const operation = operations[0];
    if (operation === undefined) throw new Error("there is no operation");
    return operation;
  };
  return {
    fleet,
    latest,
    until: (test) =>
      new Promise((resolve) => {
        const look = () => {
          if (operations[0] === undefined || !test(operations[0])) return;
          waiting.delete(look);
          resolve(operations[0]);
        };
        waiting.add(look);
        look();
      }),
  };
}

export function over(operation: Operation): boolean {
  return !isInProgress(operation);
}
export function allKnown({ servers: parts }: Operation): boolean {
  return parts.every(({ phase }) => phase !== "unknown");
}
export function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}
