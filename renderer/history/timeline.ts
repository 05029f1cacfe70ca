/** What happened in a maintenance, in order of time. Pure. */
import type { Proof, Receipt } from "../../main/contract/agent.ts";
import type { PublicLooks, PublicProof } from "../../main/contract/maintenance.ts";
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
      title: t("Went into maintenance"),
      detail: [
        receipt.window === undefined ? byWhom(receipt.author) : t("by its window"),
        ...switchTime(receipt.switchMs),
        t("generation {number}", { number: String(receipt.generation) }),
      ].join(" · "),
      tone: "maintenance",
    },
    ...(receipt.edits ?? []).map((edit) => ({
      at: edit.at,
      title: t("Changed"),
      detail: [
        editWords(edit, Date.parse(edit.at)),
        byWhom(edit.author),
        ...(edit.reason === undefined ? [] : [visibleText(edit.reason)]),
        t("generation {number}", { number: String(edit.generation) }),
      ].join(" · "),
      tone: "plain" as const,
    })),
    ...proofMoment(t("Proof after the switch"), receipt.firstProof ?? receipt.proof),
    ...(receipt.firstProof === undefined ? [] : proofMoment(t("Checked again"), receipt.proof)),
    ...(until !== undefined && (revert === undefined || Date.parse(until) <= Date.parse(revert.at))
      ? [{ at: new Date(until).toISOString(), title: t("Announced end"), detail: "", tone: "plain" as const }]
      : []),
    ...(revert === undefined
      ? []
      : [
          {
            at: revert.at,
            title: t("Brought back"),
            detail: [
              byWhom(revert.author),
              t("after {time}", { time: duration(Date.parse(revert.at) - Date.parse(receipt.startedAt)) }),
              ...switchTime(revert.switchMs),
              t("generation {number}", { number: String(revert.generation) }),
            ].join(" · "),
            tone: "live" as const,
          },
          ...proofMoment(t("Proof after the way back"), revert.proof),
        ]),
    ...[looks.first, looks.changed, looks.back].flatMap(lookMoment),
  ];
  return moments.sort((one, other) => one.at.localeCompare(other.at));
}

function byWhom(author: string): string {
  return t("by {author}", { author: visibleText(author) });
}

function switchTime(switchMs: number | undefined): string[] {
  return switchMs === undefined ? [] : [t("switched in {time}", { time: milliseconds(switchMs) })];
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
  const words =
    wrong === 0
      ? t("{count, plural, one {# answer} other {# answers}} as planned", { count: asked })
      : t("{wrong, number} of {count, plural, one {# answer} other {# answers}} wrong", { wrong, count: asked });
  return skipped === 0 ? words : t("{words}, {count, number} not asked", { words, count: skipped });
}

/** What the configuration is after the way back. */
export function undoneWords({ revert }: Pick<Receipt, "revert">): string {
  if (revert === undefined) return "";
  if (revert.exact) return t("The configuration is byte for byte what it was before.");
  return revert.how === "demote"
    ? t("The copycat stands below the original.")
    : t("The copycat is gone. Other changes that were made in the meantime stay.");
}
