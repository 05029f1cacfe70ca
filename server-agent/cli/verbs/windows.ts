import { parseArgs } from "node:util";
import { type MaintenanceWindow, WindowDraft } from "../../contract/windows.ts";
import { callAgent, operator, report, SOCKET_OPTIONS, socketPath } from "../call-agent.ts";
import { readJson } from "../read-json.ts";
import { UsageError } from "../usage-error.ts";

const OPTIONS = { ...SOCKET_OPTIONS, minutes: { type: "string" }, until: { type: "string" } } as const;

/**
 * `windows` lists what is planned; `windows add FILE`, and `skip`, `start`, `extend`, `end`,
 * `remove` with the id of one.
 */
export async function windows(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
  const [verb, subject = "", start, ...more] = positionals;
  const socket = socketPath(values.socket);
  const { json } = values;
  if (verb === undefined)
    return report(await callAgent(socket, "listWindows", {}), json, (reply) => describeAll(reply.windows));
  const isStartRight = verb === "start" || (verb === "skip") === (start !== undefined);
  if (subject === "" || !isStartRight || more.length > 0) throw new UsageError(USE);
  const params = { id: subject };
  const author = operator();
  switch (verb) {
    case "add":
      return report(
        await callAgent(socket, "createWindow", {
          body: { author, ...(await readJson(subject, WindowDraft, "a window")) },
        }),
        json,
        describe,
      );
    case "skip":
      return report(
        await callAgent(socket, "skipWindow", { params, body: { start: start ?? "", author } }),
        json,
        describe,
      );
    case "start":
      return report(
        await callAgent(socket, "startWindow", { params, body: { ...(start === undefined ? {} : { start }), author } }),
        json,
        describe,
      );
    case "extend":
      return report(
        await callAgent(socket, "extendWindow", { params, body: { ...extension(values), author } }),
        json,
        describe,
      );
    case "end":
      return report(await callAgent(socket, "endWindow", { params, body: { author } }), json, describe);
    case "remove":
      return report(
        await callAgent(socket, "removeWindow", { params }),
        json,
        ({ id, title }) => `window ${id} "${title}" removed\n`,
      );
    default:
      throw new UsageError(USE);
  }
}

const USE =
  "use `windows`, `windows add FILE`, `windows skip ID START`, `windows start ID [START]`, `windows end|remove ID`, or `windows extend ID --minutes N`";

function extension({
  minutes,
  until,
}: {
  minutes?: string | undefined;
  until?: string | undefined;
}): { minutes: number } | { until: string } {
  if ((minutes === undefined) === (until === undefined))
    throw new UsageError("extend needs --minutes N or --until TIME");
  if (until !== undefined) return { until };
  if (!/^\d{1,5}$/.test(minutes ?? "")) throw new UsageError("--minutes must be a whole number");
  return { minutes: Number(minutes) };
}

function describeAll(all: readonly MaintenanceWindow[]): string {
  return all.length === 0 ? "no windows planned\n" : all.map(describe).join("");
}

function describe({ id, title, state, sites, zone, occurrences }: MaintenanceWindow): string {
  const lines = occurrences.map(
    ({ start, startedAt, end, endedAt, state: what, why }) =>
      `  ${what}  ${startedAt ?? start} to ${what === "ended" ? (endedAt ?? end) : end}${why === undefined ? "" : `  ${why}`}\n`,
  );
  return `${id}  ${state}  "${title}" on ${sites.map(({ site }) => site).join(", ")} (${zone})\n${lines.join("")}`;
}
