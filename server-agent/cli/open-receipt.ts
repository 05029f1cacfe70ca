import type { Receipt } from "../contract/maintenance.ts";
import { callAgent, type CallOutcome } from "./call-agent.ts";
import { EXIT } from "../exit-codes.ts";

/** The receipt of the maintenance that a site is in, or what to say where it is in none. */
export async function openReceipt(socket: string, site: string): Promise<CallOutcome<Receipt>> {
  const list = await callAgent(socket, "listMaintenance", {});
  if (!list.ok) return list;
  const open = list.value.maintenance.filter(({ state }) => state === "in-maintenance");
  const receipt = open.find((candidate) => candidate.site === site);
  if (receipt !== undefined) return { ok: true, value: receipt };
  const loaded = await callAgent(socket, "getConfig", {});
  const sites = loaded.ok ? loaded.value.config.virtualHosts.map(({ id }) => id) : [site];
  const what = sites.includes(site)
    ? `${site} is not in maintenance`
    : `there is no site ${site}; known sites: ${sites.join(", ")}`;
  const others = open.map((other) => other.site);
  const message = `${what}; ${others.length === 0 ? "no site is in maintenance" : `in maintenance: ${others.join(", ")}`}`;
  return { ok: false, exitCode: EXIT.failed, message };
}
