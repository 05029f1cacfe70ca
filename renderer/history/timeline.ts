/** What happened in a maintenance, in order of time. Pure. */
import type { Proof, Receipt } from "../../main/contract/agent.ts";
import { plural } from "../../main/contract/shared/plural.ts";
import { visibleText } from "../../server-agent/core/visible-text.ts";
import { wrongCells } from "../../server-agent/core/proof/wrong-cells.ts";
import { editWords } from "../maintenance/edit-words.ts";
import { duration, milliseconds } from "../lib/format.ts";

export interface Moment {
  /** ISO 8601. */
  at: string;
  title: string;
  detail: string;
  tone: "maintenance" | "live" | "failed" | "plain";
}

export function timelineOf(receipt: Receipt): Moment[] {
  const { revert, until } = receipt;
  const moments: Moment[] = [
    {
      at: receipt.startedAt,
      title: "Put in maintenance",
      detail: [
        receipt.window === undefined ? `by ${visibleText(receipt.author)}` : "by its window",
        ...(receipt.switchMs === undefined ? [] : [`switched in ${milliseconds(receipt.switchMs)}`]),
        `generation ${receipt.generation}`,
      ].join(" · "),
      tone: "maintenance",
    },
    ...(receipt.edits ?? []).map((edit) => ({
      at: edit.at,
      title: "Changed",
      detail: [
        editWords(edit, Date.parse(edit.at)),
        `by ${visibleText(edit.author)}`,
        ...(edit.reason === undefined ? [] : [visibleText(edit.reason)]),
        `generation ${edit.generation}`,
      ].join(" · "),
      tone: "plain" as const,
    })),
    ...proofMoment("Proof after the switch", receipt.firstProof ?? receipt.proof),
    ...(receipt.firstProof === undefined ? [] : proofMoment("Checked again", receipt.proof)),
    ...(until !== undefined && (revert === undefined || Date.parse(until) <= Date.parse(revert.at))
      ? [{ at: new Date(until).toISOString(), title: "Announced end", detail: "", tone: "plain" as const }]
      : []),
    ...(revert === undefined
      ? []
      : [
          {
            at: revert.at,
            title: "Brought back",
            detail: [
              `by ${visibleText(revert.author)}`,
              `after ${duration(Date.parse(revert.at) - Date.parse(receipt.startedAt))}`,
              ...(revert.switchMs === undefined ? [] : [`switched in ${milliseconds(revert.switchMs)}`]),
              `generation ${revert.generation}`,
            ].join(" · "),
            tone: "live" as const,
          },
          ...proofMoment("Proof after the way back", revert.proof),
        ]),
  ];
  return moments.sort((one, other) => one.at.localeCompare(other.at));
}

function proofMoment(title: string, proof: Proof | undefined): Moment[] {
  if (proof === undefined) return [];
  const detail = proofWords(proof);
  return [{ at: proof.observedAt, title, detail, tone: wrongCells(proof).length > 0 ? "failed" : "plain" }];
}

/** `16 answers as planned`, `2 of 16 answers wrong`; what could not be asked besides. */
export function proofWords(proof: Proof): string {
  const wrong = wrongCells(proof).length;
  const skipped = proof.cells.filter(({ outcome }) => outcome === "skipped").length;
  const asked = proof.cells.length - skipped;
  const words = wrong === 0 ? `${plural(asked, "answer")} as planned` : `${wrong} of ${plural(asked, "answer")} wrong`;
  return skipped === 0 ? words : `${words}, ${skipped} not asked`;
}

/** What the configuration is after the way back. */
export function undoneWords({ revert }: Pick<Receipt, "revert">): string {
  if (revert === undefined) return "";
  if (revert.exact) return "The configuration is byte for byte what it was before.";
  return revert.how === "demote"
    ? "The copycat stands below the original."
    : "The copycat is gone. Other changes that were made in the meantime stay.";
}
