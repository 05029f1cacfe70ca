/**
 * What follows from the proof of a switch that is to be taken back if it went wrong. Pure: the
 * agent asks, switches and stores.
 */
import type { Receipt } from "../../contract/maintenance.ts";
import type { AfterProof, Proof } from "../../contract/proof.ts";
import { wrongWords } from "./wrong-cells.ts";

/** One that is lost on the way must not open a site: so many in a row have to fail. */
const PROOFS_TO_FAIL = 2;

/** Whether the proof of this maintenance still has to decide if it stays. */
export function isUndecided({
  state,
  options,
  afterProof,
}: Pick<Receipt, "state" | "options" | "afterProof">): boolean {
  return state === "in-maintenance" && options.revertIfWrong === true && afterProof === undefined;
}

/**
 * What to do, as far as it is known: with one failed proof it is not.
 *
 * @param proofs those since the switch, or since this agent started, the latest last
 * @param now ISO 8601
 */
export function decideAfter(proofs: readonly Proof[], now: string): AfterProof | undefined {
  const latest = proofs.at(-1);
  if (latest === undefined) return undefined;
  const wrong = wrongWords(latest);
  if (wrong === "") return { outcome: "kept", at: now, why: keptWords(latest) };
  const failed = proofs.slice(-PROOFS_TO_FAIL).filter((proof) => wrongWords(proof) !== "");
  return failed.length < PROOFS_TO_FAIL
    ? undefined
    : { outcome: "reverted", at: now, why: `the proof failed: ${withoutStop(wrong)}` };
}

function keptWords({ cells }: Proof): string {
  return cells.some(({ outcome }) => outcome === "right")
    ? "the proof found everything as planned"
    : "nothing could be asked from the server itself, so that nothing was found wrong";
}

function withoutStop(text: string): string {
  return text.replace(/\.$/, "");
}
