/**
 * Changes maintenance of several sites while it runs. Each agent is asked by itself: what is sent
 * says how it is to be, not by how much, so that it can be sent again, and no stage is needed.
 */
import type { ChangeOutcome, SiteChange } from "../contract/fleet.ts";
import { isLoss } from "../failures.ts";
import type { FleetParts } from "./fleet.ts";

/**
 * Servers side by side, the sites of one server one after the other. Resolves when all have
 * answered or are given up; one that failed keeps no other from being changed.
 */
export async function changeTogether(
  call: FleetParts["call"],
  author: string,
  changes: readonly SiteChange[],
): Promise<ChangeOutcome[]> {
  const servers = Map.groupBy(changes, ({ serverId }) => serverId).values();
  const outcomes = await Promise.all(
    servers.map(async (sites) => {
      const done: ChangeOutcome[] = [];
      for (const site of sites) done.push(await changeSite(call, author, site));
      return done;
    }),
  );
  return outcomes.flat();
}

async function changeSite(
  call: FleetParts["call"],
  author: string,
  { serverId, receiptId, parts }: SiteChange,
): Promise<ChangeOutcome> {
  for (const part of parts) {
    const reply = await call(serverId, "changeMaintenance", { params: { id: receiptId }, body: { ...part, author } });
    if (reply.ok) continue;
    const { failure } = reply;
    return { serverId, receiptId, state: isLoss(failure) ? "unknown" : "refused", failure };
  }
  return { serverId, receiptId, state: "done", failure: null };
}
