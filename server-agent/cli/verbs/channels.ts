import { parseArgs } from "node:util";
import { type Channel, ChannelDraft } from "../../contract/reminders.ts";
import { callAgent, report, SOCKET_OPTIONS, socketPath } from "../call-agent.ts";
import { EXIT } from "../../exit-codes.ts";
import { readJson } from "../read-json.ts";
import { UsageError } from "../usage-error.ts";

/** `channels` lists them; `channels put ID FILE`, `channels test ID`, `channels remove ID`. */
export async function channels(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: SOCKET_OPTIONS });
  const [verb, id = "", file, ...more] = positionals;
  const socket = socketPath(values.socket);
  const { json } = values;
  if (verb === undefined)
    return report(await callAgent(socket, "listChannels", {}), json, (reply) => describeAll(reply.channels));
  if (id === "" || (verb === "put") !== (file !== undefined) || more.length > 0) throw new UsageError(USE);
  const params = { id };
  switch (verb) {
    case "put":
      return report(
        await callAgent(socket, "putChannel", { params, body: await readJson(file ?? "", ChannelDraft, "a channel") }),
        json,
        describe,
      );
    case "test": {
      const outcome = await callAgent(socket, "testChannel", { params });
      const code = report(outcome, json, ({ ok, why }) =>
        ok ? "the test message arrived\n" : `the test message did not arrive: ${why ?? ""}\n`,
      );
      return outcome.ok && !outcome.value.ok ? EXIT.failed : code;
    }
    case "remove":
      return report(
        await callAgent(socket, "removeChannel", { params }),
        json,
        (channel) => `channel ${channel.id} removed\n`,
      );
    default:
      throw new UsageError(USE);
  }
}

const USE = "use `channels`, `channels put ID FILE`, `channels test ID`, or `channels remove ID`";

function describeAll(all: readonly Channel[]): string {
  return all.length === 0 ? "no channels; reminders only appear on desktops\n" : all.map(describe).join("");
}

function describe(channel: Channel): string {
  if (channel.kind === "command") return `${channel.id}  runs ${channel.program}\n`;
  if (channel.kind === "email") return `${channel.id}  mails ${channel.to.join(", ")} through ${channel.host}\n`;
  if (channel.kind === "status-page")
    return `${channel.id}  updates status page ${channel.page} of ${channel.service}, ${channel.open.length} open there${channel.trouble === undefined ? "" : `; problem: ${channel.trouble}`}\n`;
  return `${channel.id}  posts ${channel.format} to ${channel.origin}${channel.hasSecret ? ", signed" : ""}\n`;
}
