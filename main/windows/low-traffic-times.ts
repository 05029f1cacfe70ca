/** Low-traffic times of a site, from what its agent has counted. */
import type { TrafficHour } from "../../server-agent/contract/agent.ts";
import type { LowTrafficTime } from "../contract/schedule.ts";
import { loadTemporal } from "./temporal.ts";

/** The starts with the least traffic of the coming week; `null` while too little was counted. */
export async function lowTrafficTimesOf(
  hours: readonly TrafficHour[],
  minutes: number,
  zone: string,
): Promise<LowTrafficTime[] | null> {
  await loadTemporal();
  const { lowTrafficTimes } = await import("../../server-agent/core/windows/low-traffic-times.ts");
  const counted = hours.map(({ start, requests }) => ({ start: Date.parse(start), requests }));
  return lowTrafficTimes(counted, minutes * 60_000, zone, Date.now()) ?? null;
}
