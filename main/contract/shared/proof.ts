/**
 * What a proof says of a site: whether it is closed, who answers instead, and how many answers are
 * wrong for the same cause. Pure; for the page and the main process.
 */
import { t } from "../../language/translate.ts";
import { listOf } from "../../language/formats.ts";
import type { Receipt } from "../../../server-agent/contract/maintenance.ts";
import type { Proof, ProofCell } from "../../../server-agent/contract/proof.ts";
import type { PublicAnswer, PublicProof } from "../maintenance.ts";
import { publicWords, wrongInPublic } from "./public-proof.ts";
import { isOpen } from "./states.ts";
import { wrongCells } from "../../../server-agent/core/proof/wrong-cells.ts";

type Proven = Pick<Receipt, "state" | "site" | "copycat" | "proof" | "revert">;

/**
 * `unproved`: nothing was observed since the switch. `as-planned`. `not-closed`: somebody else
 * answers visitors who should meet the copycat. `wrong`: another answer is not as planned.
 * `not-public`: all is well at the server, and visitors get something else, as seen from here.
 */
export interface Verdict {
  kind: "unproved" | "as-planned" | "not-closed" | "wrong" | "not-public";
  wrong: ProofCell[];
  /** Virtual hosts that answer in place of the copycat. */
  instead: string[];
  /** Nothing that was asked met the copycat. */
  isEverywhere: boolean;
  /** What visitors get that they should not. */
  inPublic: PublicAnswer[];
}

/** Answers that are wrong alike. */
export interface Cause {
  message: string;
  cells: ProofCell[];
}

/** The proof of the latest switch: that of the way back once it is made. */
export function proofOf({ proof, revert }: Pick<Receipt, "proof" | "revert">): Proof | undefined {
  return revert === undefined ? proof : revert.proof;
}

/** @param seen what visitors get, as far as this computer has seen it */
export function verdictOf(receipt: Proven, seen: PublicProof | undefined): Verdict {
  const proof = proofOf(receipt);
  const wrong = wrongCells(proof);
  const asked = (proof?.cells ?? []).filter((cell) => cell.outcome !== "skipped" && isForCopycat(cell, receipt));
  const open = isOpen(receipt) ? asked.filter((cell) => answererOf(cell) !== receipt.copycat) : [];
  const inPublic = wrongInPublic(receipt, seen);
  const instead = [...new Set(open.map(answererOf))].filter((name) => name !== undefined);
  return {
    kind:
      wrong.length > 0
        ? instead.length > 0
          ? "not-closed"
          : "wrong"
        : inPublic.length > 0
          ? "not-public"
          : proof === undefined
            ? "unproved"
            : "as-planned",
    wrong,
    instead,
    isEverywhere:
      wrong.length > 0 ? open.length === asked.length : seen?.answers.every(({ kind }) => kind !== "page") === true,
    inPublic,
  };
}

/** The copycat is what has to answer: `503 by shop-copycat`, or `shop-copycat` alone. */
function isForCopycat({ expected }: ProofCell, { copycat }: Pick<Receipt, "copycat">): boolean {
  return expected === copycat || expected.endsWith(` by ${copycat}`);
}

/** `undefined` where nobody answered. */
function answererOf({ observed }: ProofCell): string | undefined {
  return /^\d+ by (.+)$/.exec(observed)?.[1];
}

/** Whether something answers otherwise than planned. */
export function isWrong({ kind }: Verdict): boolean {
  return kind === "not-closed" || kind === "wrong" || kind === "not-public";
}

/** The state in words after the name of the site: `is not closed: wild answers instead`. */
export function verdictWords(receipt: Proven, seen: PublicProof | undefined): string {
  const verdict = verdictOf(receipt, seen);
  if (!isOpen(receipt)) {
    if (verdict.kind === "not-public") return t("is back, but visitors still get the maintenance page");
    return isWrong(verdict) ? t("is back, but does not answer as planned") : t("is live again");
  }
  switch (verdict.kind) {
    case "not-closed": {
      const instead = { names: listOf(verdict.instead), count: verdict.instead.length };
      return verdict.isEverywhere
        ? t("is not closed: {count, plural, one {{names} answers} other {{names} answer}} instead", instead)
        : t("is not closed everywhere: {count, plural, one {{names} answers} other {{names} answer}} instead", instead);
    }
    case "not-public": {
      const what = publicWords(verdict.inPublic);
      return verdict.isEverywhere
        ? t("is not closed: {what}", { what })
        : t("is not closed everywhere: {what}", { what });
    }
    case "wrong":
      return t("does not answer as planned");
    case "unproved":
    case "as-planned":
      return t("is in maintenance");
  }
}

/** What a pill or a menu has room for: `Not closed`. */
export function shortVerdict(verdict: Verdict): string {
  return verdict.kind === "not-closed" || verdict.kind === "not-public" ? t("Not closed") : t("Wrong answer");
}

/** Wrong answers by their cause, the most frequent first. */
export function causesOf(wrong: readonly ProofCell[]): Cause[] {
  return [...Map.groupBy(wrong, ({ message }) => INSTEAD.exec(message)?.[1] ?? message).values()]
    .map((cells) => ({ message: commonMessage(cells), cells }))
    .sort((one, other) => other.cells.length - one.cells.length);
}

/** How the agent says that somebody else answered, and what the configuration has to do with it. */
const INSTEAD = /^(.+?) answered instead of (.+?)\.( .*)?$/;

/** Who answers in place of several is said once. */
function commonMessage(cells: readonly ProofCell[]): string {
  const [, by, , why = ""] = INSTEAD.exec(cells[0]?.message ?? "") ?? [];
  if (by === undefined) return cells[0]?.message ?? "";
  const missed = new Set(cells.map(({ message }) => INSTEAD.exec(message)?.[2]));
  return `${t("{by} answered instead of {missed}.", { by, missed: listOf([...missed].map(String)) })}${why}`;
}

/** A site without a visitor for this long after its switch may have its visitors elsewhere. */
const QUIET_MS = 10_000;

/**
 * Nobody has met the copycat or come past it since the switch; empty while that means nothing.
 *
 * @param before requests per second of the site, as far as they were observed
 * @param now epoch milliseconds
 */
export function quietWords(
  receipt: Pick<Receipt, "state" | "startedAt" | "counts">,
  before: readonly number[],
  now: number,
): string {
  const { counts, startedAt } = receipt;
  if (!isOpen(receipt) || counts.refused + counts.excepted > 0 || now - Date.parse(startedAt) < QUIET_MS) return "";
  const had = before.some((rate) => rate > 0) || counts.drained + counts.draining + counts.cut > 0;
  return had
    ? t("No visitor has reached this agent since the switch, though the site had some before")
    : t("No visitor has reached this agent since the switch");
}
