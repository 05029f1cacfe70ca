import { AGENT_VERSION, API_VERSION } from "../../contract/agent.ts";
import { EXIT } from "../../exit-codes.ts";

export function version(_args: readonly string[]): Promise<number> {
  process.stdout.write(`backsoon-agent ${AGENT_VERSION} (admin API ${API_VERSION}, Node ${process.versions.node})\n`);
  return Promise.resolve(EXIT.ok);
}
