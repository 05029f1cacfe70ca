/** What happened in a maintenance, in order of time. Pure. */
import type { Proof, Receipt } from "../../main/contract/agent.ts";
import type { PublicLooks, PublicProof } from "../../main/contract/maintenance.ts";
import { plural } from "../../main/contract/shared/plural.ts";
import { isUnseen, publicWords, wrongIn } from "../../main/contract/shared/public-proof.ts";
import { t } from "../../main/language/translate.ts";
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

/** @param looks what this computer saw of it */
export function timelineOf(receipt: Receipt, looks: PublicLooks): Moment[] {
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
    ...[looks.first, looks.changed, looks.back].flatMap(lookMoment),
  ];
  return moments.sort((one, other) => one.at.localeCompare(other.at));
}

function proofMoment(title: string, proof: Proof | undefined): Moment[] {
  if (proof === undefined) return [];
  const detail = proofWords(proof);
  return [{ at: proof.observedAt, title, detail, tone: wrongCells(proof).length > 0 ? "failed" : "plain" }];
}

function lookMoment(seen: PublicProof | null): Moment[] {
  if (seen === null) return [];
  const title = t("Looked at from this computer");
  const tone = wrongIn(seen).length > 0 ? "failed" : "plain";
  return [{ at: seen.observedAt, title, detail: lookWords(seen), tone }];
}

/** `3 addresses as planned`, `1 of 3 addresses wrong: nginx at 203.0.113.7 answered 200`. */
export function lookWords(seen: PublicProof): string {
  const { answers } = seen;
  const wrong = wrongIn(seen);
  const unseen = answers.filter(({ kind }) => kind === "unseen");
  if (answers.length === 0) return t("no address could be asked");
  if (wrong.length > 0)
    return t("{wrong, number} of {count, plural, one {# address} other {# addresses}} wrong: {answer}", {
      wrong: wrong.length,
      count: answers.length,
      answer: publicWords(wrong),
    });
  if (isUnseen(seen)) return t("not seen from this computer: {why}", { why: publicWords(unseen) });
  const count = answers.length - unseen.length;
  return unseen.length === 0
    ? t("{count, plural, one {# address} other {# addresses}} as planned", { count })
    : t("{count, plural, one {# address} other {# addresses}} as planned, {unseen, number} not seen", {
        count,
        unseen: unseen.length,
      });
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
