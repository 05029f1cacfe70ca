/** Gives orders to a running HAProxy, over its runtime socket. */
import { connect } from "node:net";
import type { RuntimeSocket } from "../../core/haproxy/settings.ts";
import { readSessions, type Session } from "../../core/haproxy/sessions.ts";
import { readShownMap } from "../../core/haproxy/closed-names.ts";

/** Sends one order. Rejects with an `Error`. */
export type Order = (order: string) => Promise<string>;

const ORDER_TIMEOUT_MS = 3000;
/** HAProxy takes an order with all its lines as far as its buffer goes, 16 KB as it comes. */
const MAX_ORDER_CHARS = 4000;

export function orderTo({ path, host, port = 0 }: RuntimeSocket): Order {
  return async (order) =>
    new Promise((resolve, reject) => {
      const socket = path === undefined ? connect({ host: host ?? "127.0.0.1", port }) : connect({ path });
      let said = "";
      socket.setTimeout(ORDER_TIMEOUT_MS, () => socket.destroy(new Error("HAProxy does not answer orders")));
      socket.setEncoding("utf8").on("data", (text: string) => (said += text));
      socket.once("error", reject).once("close", () => resolve(said.trim()));
      // The main process waits for more as long as more may come.
      socket.once("connect", () => socket.end(`${order}\n`));
    });
}

/** Every name in a map of the running HAProxy; undefined where it has no such map. */
export async function shownMap(order: Order, map: string): Promise<Map<string, string> | undefined> {
  const said = await order(`show map ${map}`);
  if (said.startsWith("Unknown map")) return undefined;
  if (said !== "" && !said.startsWith("0x")) throw new Error(said);
  return readShownMap(said);
}

/** What runs in the worker, and in those of before a reload where there is a main process. */
export async function shownSessions(order: Order, master: RuntimeSocket | undefined): Promise<Session[]> {
  const own = readSessions(await order("show sess"));
  if (master === undefined) return own;
  const toMaster = orderTo(master);
  // They end by themselves, maybe just now.
  const former = (await formerWorkers(toMaster)).map((pid) => toMaster(`@!${pid} show sess`).catch(() => ""));
  return [...own, ...(await Promise.all(former)).flatMap(readSessions)];
}

/** Process ids of workers of before a reload that still have visitors. */
export async function formerWorkers(master: Order): Promise<string[]> {
  const processes = await master("show proc").catch(() => "");
  const former = processes.indexOf("# old workers");
  return former < 0 ? [] : [...processes.slice(former).matchAll(/^(\d+)\s+worker/gm)].map(([, pid = ""]) => pid);
}

/** Replaces all that is in a map, at once. */
export async function replaceMap(order: Order, map: string, names: ReadonlyMap<string, string>): Promise<void> {
  const prepared = await order(`prepare map ${map}`);
  const version = /^New version created: (\d+)/.exec(prepared)?.[1];
  if (version === undefined) throw new Error(prepared);
  let together: string[] = [];
  const send = async () => {
    const said = together.length === 0 ? "" : await order(together.join(";"));
    together = [];
    if (said !== "") throw new Error(said);
  };
  for (const [name, site] of names) {
    together.push(`add map @${version} ${map} ${name} ${site}`);
    if (together.join(";").length > MAX_ORDER_CHARS) await send();
  }
  await send();
  const committed = await order(`commit map @${version} ${map}`);
  if (committed !== "") throw new Error(committed);
}
