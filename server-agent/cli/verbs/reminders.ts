import { parseArgs } from "node:util";
import type { Reminder } from "../../contract/reminders.ts";
import { callAgent, report, SOCKET_OPTIONS, socketPath } from "../call-agent.ts";

/** `reminders`: reminders, newest first. */
export async function reminders(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: SOCKET_OPTIONS });
  return report(await callAgent(socketPath(values.socket), "listReminders", {}), values.json, (reply) =>
    describeAll(reply.reminders),
  );
}

function describeAll(all: readonly Reminder[]): string {
  return all.length === 0 ? "no reminders yet\n" : all.map(describe).join("");
}

function describe({ due, title, text, deliveries, acted }: Reminder): string {
  const told = deliveries.map(({ to, ok, why }) => (ok ? `sent to ${to}` : `not sent to ${to}: ${why ?? "unknown"}`));
  const done = acted === undefined ? [] : [`${acted.act} by ${acted.by}`];
  return [`${due}  ${title}`, `  ${text}`, ...[...told, ...done].map((line) => `  ${line}`), ""].join("\n");
}
