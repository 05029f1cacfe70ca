import { parseArgs } from "node:util";
import type { Stage } from "../../contract/maintenance.ts";
import { callAgent, report, SOCKET_OPTIONS, socketPath } from "../call-agent.ts";
import { count } from "../count.ts";
import { UsageError } from "../usage-error.ts";

/** `stages` lists them; `stages abort ID` frees a server whose client is gone. */
export async function stages(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: SOCKET_OPTIONS });
  const [verb, id, ...more] = positionals;
  const socket = socketPath(values.socket);
  if (verb === undefined)
    return report(await callAgent(socket, "listStages", {}), values.json, (reply) => describeAll(reply.stages));
  if (verb !== "abort" || id === undefined || more.length > 0)
    throw new UsageError("use `stages`, or `stages abort ID`");
  return report(await callAgent(socket, "abortStage", { params: { id } }), values.json, describeEnd);
}

function describeAll(all: readonly Stage[]): string {
  return all.length === 0 ? "nothing is staged\n" : all.map((stage) => `${describe(stage)}\n`).join("");
}

function describe({ id, state, author, operation, sites, expiresAt, endedAt, generation }: Stage): string {
  const when =
    state === "staged"
      ? `held until ${expiresAt}`
      : `${state} at ${endedAt ?? "an unknown time"}${generation === undefined ? "" : `, generation ${generation}`}`;
  return `${id}  ${when}  ${author}: "${operation.title}" on ${count(operation.servers, "server")}, here ${sites.join(", ")}`;
}

function describeEnd({ id, state, sites }: Stage): string {
  return `stage ${id} is ${state}; nothing was changed on ${sites.join(", ")}\n`;
}
