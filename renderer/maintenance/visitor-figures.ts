/** What became of the visitors at a switch, for people. Pure. */
import { t } from "../../main/language/translate.ts";
import type { Proof, Receipt } from "../../main/contract/agent.ts";
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
      ? [{ label: t("still finishing, finished"), value: t("not known") }]
      : [
          { label: t("still finishing"), value: count(counts.draining), tone: "drain" as const },
          { label: t("finished"), value: count(counts.drained) },
          { label: t("cut"), value: count(counts.cut), tone: counts.cut > 0 ? ("bad" as const) : undefined },
        ]),
    { label: t("saw the maintenance page"), value: count(counts.refused) },
    { label: t("let through"), value: count(counts.excepted) },
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
    [answered, t("answered")],
    [left, t("left by the visitor")],
    [broken, t("broken off")],
    [cut, t("cut")],
    [inFlight, t("still finishing")],
    [unobserved, t("not observed, as the agent ended")],
    [lost, t("lost")],
  ];
  const named = parts.filter(([number]) => number !== 0).map(([number, words]) => `${count(number)} ${words}`);
  return {
    text: t("{count, number} in flight at the switch = {sum}", { count: accepted, sum: named.join(" + ") }),
    isLost: lost !== 0,
  };
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
  const label = t("proof at the servers, {count, number} of {total, plural, one {# site} other {# sites}}", {
    count: proofs.length,
    total: taking,
  });
  if (proofs.length === 0) return { label, value: "–" };
  if (wrong > 0) return { label, value: t("{count, number} wrong", { count: wrong }), tone: "bad" };
  return { label, value: t("as planned"), tone: proofs.length === taking ? "good" : undefined };
}
