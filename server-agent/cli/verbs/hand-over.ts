import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { callAgent, operator, report, SOCKET_OPTIONS, socketPath } from "../call-agent.ts";

/** `hand-over`: a fresh process takes over from the running agent. */
export async function handOver(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { ...SOCKET_OPTIONS, program: { type: "string" } } });
  const body = { author: operator(), ...(values.program === undefined ? {} : { program: resolve(values.program) }) };
  const outcome = await callAgent(socketPath(values.socket), "handOver", { body });
  return report(
    outcome,
    values.json,
    ({ version, pid, generation }) =>
      `version ${version} now serves generation ${generation}, pid ${pid}; the old process exits after its last connection\n`,
  );
}
