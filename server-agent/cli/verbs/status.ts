import { parseArgs } from "node:util";
import type { Snapshot } from "../../contract/events.ts";
import { readSnapshot } from "../read-snapshot.ts";
import { report, SOCKET_OPTIONS, socketPath } from "../call-agent.ts";
import { isWrong, proofWords, serverOf } from "../proof-words.ts";

export async function status(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: SOCKET_OPTIONS });
  return report(await readSnapshot(socketPath(values.socket)), values.json, describe);
}

function describe({ at, agent, config, generations, maintenance, stages, metrics }: Snapshot): string {
  const lines = [
    `agent ${agent.version} on ${agent.hostname}, pid ${agent.pid}, up ${duration(agent.uptimeSeconds)}`,
    `listeners  ${agent.listeners.map(({ name, address, port, tls }) => `${name} ${address.includes(":") ? `[${address}]` : address}:${port}${tls === true ? " TLS" : ""}`).join(", ")}`,
    `workers    ${agent.workers.map(({ pid, state }) => (state === "serving" ? String(pid) : `${pid} (${state})`)).join(", ")}`,
  ];
  for (const problem of agent.problems ?? []) lines.push(`PROBLEM    ${problem}`);
  for (const { generation, state, inFlight, author, reason } of generations) {
    if (state !== "retired")
      lines.push(`generation ${generation} ${state}, ${inFlight} in flight (${author}: ${reason})`);
  }
  for (const { id, state, author, operation, sites, expiresAt } of stages) {
    if (state === "staged")
      lines.push(
        `stage ${id} held for ${author} until ${expiresAt} ("${operation.title}": ${sites.join(", ")}); other changes are refused until then`,
      );
  }
  lines.push("", "sites");
  const open = maintenance.filter((receipt) => receipt.state === "in-maintenance");
  for (const { id, hosts, copycatOf, disabled } of config.virtualHosts) {
    if (copycatOf !== undefined) continue;
    const receipt = open.find(({ site }) => site === id);
    const state =
      receipt === undefined
        ? disabled === true
          ? "disabled"
          : "live"
        : `${isWrong(receipt) ? "not closed as planned" : "in maintenance"} since ${receipt.startedAt} by ${receipt.author}${receipt.until === undefined ? "" : ` until ${receipt.until}${receipt.until <= at ? ", now overdue" : ""}`}`;
    const server = serverOf(config, id);
    const running = server === undefined ? `${metrics[id]?.inFlight ?? 0} in flight` : `served by ${server}`;
    lines.push(`  ${id}  ${state}, ${running}  (${hosts.join(", ")})`);
    for (const kept of config.virtualHosts)
      if (kept.copycatOf === id && kept.id !== receipt?.copycat)
        lines.push(`    ${kept.id} is kept ${kept.disabled === true ? "disabled" : "below it"}, for next time`);
    if (receipt !== undefined)
      lines.push(
        `    ${receipt.counts.refused} got the page, ${receipt.counts.excepted} let through${server === undefined ? `, ${receipt.counts.draining} still finishing` : ""}; receipt ${receipt.id}`,
        `    ${proofWords(receipt, server)}`,
      );
  }
  return `${lines.join("\n")}\n`;
}

function duration(seconds: number): string {
  const whole = Math.floor(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${hours} h ${minutes} min` : minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}
