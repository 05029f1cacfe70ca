/** What became of the visitors at a switch, for people. Pure. */
import type { Receipt } from "../../main/contract/agent.ts";
import { count } from "../lib/format.ts";

export interface Figure {
  label: string;
  value: string;
  tone?: "drain" | "bad" | "good" | undefined;
}

type Counts = Receipt["counts"];

export function visitorFigures(counts: Counts): Figure[] {
  return [
    { label: "still finishing", value: count(counts.draining), tone: "drain" },
    { label: "finished", value: count(counts.drained) },
    { label: "cut", value: count(counts.cut), tone: counts.cut > 0 ? "bad" : undefined },
    { label: "saw the maintenance page", value: count(counts.refused) },
    { label: "let through", value: count(counts.excepted) },
  ];
}

/** The counts of several maintenances together. */
export function sumOf(all: readonly Counts[]): Counts {
  const sum: Counts = { refused: 0, excepted: 0, drained: 0, cut: 0, draining: 0 };
  for (const counts of all) for (const key of Object.keys(sum) as (keyof Counts)[]) sum[key] += counts[key];
  return sum;
}
