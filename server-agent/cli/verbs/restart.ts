import { parseArgs } from "node:util";
import { callAgent, operator, report, SOCKET_OPTIONS, socketPath } from "../call-agent.ts";
import { count } from "../count.ts";
import { UsageError } from "../usage-error.ts";

export async function restart(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...SOCKET_OPTIONS,
      graceful: { type: "boolean", default: false },
      hard: { type: "boolean", default: false },
      "drain-seconds": { type: "string" },
      reason: { type: "string" },
    },
  });
  if (values.graceful === values.hard)
    throw new UsageError("use --graceful (requests in flight finish) or --hard (requests in flight are cut)");
  const seconds = values["drain-seconds"];
  if (seconds !== undefined && !/^\d+(\.\d+)?$/.test(seconds))
    throw new UsageError("--drain-seconds must be a number of seconds");
  const body = {
    mode: values.hard ? ("hard" as const) : ("graceful" as const),
    author: operator(),
    ...(values.reason === undefined ? {} : { reason: values.reason }),
    ...(seconds === undefined ? {} : { drainSeconds: Number(seconds) }),
  };
  const outcome = await callAgent(socketPath(values.socket), "restart", { body });
  return report(
    outcome,
    values.json,
    ({ generation, cut }) =>
      `new workers serve generation ${generation}; ${values.hard ? `${count(cut, "request")} cut` : "requests in flight finish on the old ones"}\n`,
  );
}
