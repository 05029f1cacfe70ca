/** What became of the visitors at a switch, for people. Pure. */
import type { Proof, Receipt } from "../../main/contract/agent.ts";
import { plural } from "../../main/contract/shared/plural.ts";
import { wrongCells } from "../../server-agent/core/proof/wrong-cells.ts";
import { count } from "../lib/format.ts";

export interface Figure {
  label: string;
  value: string;
  tone?: "drain" | "bad" | "good" | undefined;
}

type Counts = Receipt["counts"];

/** @param isForeign a web server serves the site, so that nobody has seen what was in flight */
export function visitorFigures(counts: Counts, isForeign = false): Figure[] {
  return [
    ...(isForeign
      ? [{ label: "still finishing, finished", value: "not known" }]
      : [
          { label: "still finishing", value: count(counts.draining), tone: "drain" as const },
          { label: "finished", value: count(counts.drained) },
          { label: "cut", value: count(counts.cut), tone: counts.cut > 0 ? ("bad" as const) : undefined },
        ]),
    { label: "saw the maintenance page", value: count(counts.refused) },
    { label: "let through", value: count(counts.excepted) },
  ];
}

/**
 * What became of every request that was in flight at the switch, as a sum that must come out right.
 * Undefined where there was none, or where the agent does not say.
 */
export function balanceText({ balance }: Counts): { text: string; isLost: boolean } | undefined {
  if (balance === undefined || balance.accepted === 0) return undefined;
  const { accepted, answered, left, broken, cut, inFlight, lost, unobserved } = balance;
  const parts: readonly (readonly [number, string])[] = [
    [answered, "answered"],
    [left, "left by the visitor"],
    [broken, "broken off"],
    [cut, "cut"],
    [inFlight, "still finishing"],
    [unobserved, "not observed, as the agent ended"],
    [lost, "lost"],
  ];
  const named = parts.filter(([number]) => number !== 0).map(([number, words]) => `${count(number)} ${words}`);
  return { text: `${count(accepted)} in flight at the switch = ${named.join(" + ")}`, isLost: lost !== 0 };
}

/** The counts of several maintenances together. */
export function sumOf(all: readonly Counts[]): Counts {
  const sum = { refused: 0, excepted: 0, drained: 0, cut: 0, draining: 0 };
  for (const counts of all) for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += counts[key];
  return sum;
}

/**
 * What the proofs of an operation found.
 * @param taking how many sites take part: of some a server may tell no more
 */
export function proofFigure(proofs: readonly Proof[], taking: number): Figure {
  const wrong = proofs.reduce((total, proof) => total + wrongCells(proof).length, 0);
  const label = `proof at the servers, ${count(proofs.length)} of ${plural(taking, "site")}`;
  if (proofs.length === 0) return { label, value: "–" };
  if (wrong > 0) return { label, value: `${count(wrong)} wrong`, tone: "bad" };
  return { label, value: "as planned", tone: proofs.length === taking ? "good" : undefined };
}
