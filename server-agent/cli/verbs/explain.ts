import { parseArgs } from "node:util";
import type { Explanation } from "../../contract/agent.ts";
import { callAgent, report, SOCKET_OPTIONS, socketPath } from "../call-agent.ts";
import { UsageError } from "../usage-error.ts";

export async function explainVerb(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { ...SOCKET_OPTIONS, method: { type: "string" }, from: { type: "string" } },
  });
  const [address, ...more] = positionals;
  if (address === undefined || more.length > 0) throw new UsageError("explain takes one URL");
  const url = /^https?:\/\//i.test(address) ? address : `http://${address}`;
  const query = {
    url,
    ...(values.method === undefined ? {} : { method: values.method }),
    ...(values.from === undefined ? {} : { from: values.from }),
  };
  return report(await callAgent(socketPath(values.socket), "explain", { query }), values.json, describe);
}

function describe({ method, url, generation, answer, virtualHosts, rules }: Explanation): string {
  const answering =
    answer.rule === null
      ? `${answer.virtualHost} answers, but no rule matches`
      : answer.handler === "foreign"
        ? `${answer.virtualHost} is left to its web server, which answers as it is configured`
        : `${answer.virtualHost} answers with rule ${answer.rule + 1} (${answer.handler})`;
  const width = Math.max(...virtualHosts.map(({ id }) => id.length));
  return [
    `${method} ${url}, generation ${generation}:`,
    `${answering}${answer.status === null ? "" : `, status ${answer.status}`}`,
    "",
    ...virtualHosts
      .filter(({ outcome }) => outcome !== "not-reached")
      .map(({ id, outcome, why }) => `  ${outcome === "answers" ? "→" : " "} ${id.padEnd(width)}  ${why}`),
    ...(rules.length === 0 ? [] : ["", `  rules of ${answer.virtualHost}`]),
    ...rules
      .filter(({ outcome }) => outcome !== "not-reached")
      .map(
        ({ index, handler, outcome, why }) => `  ${outcome === "answers" ? "→" : " "} ${index + 1} ${handler}  ${why}`,
      ),
    "",
  ].join("\n");
}
