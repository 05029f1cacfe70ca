/** A receipt as Markdown, for a ticket or a post-mortem. Pure. */
import type { Proof, Receipt } from "../../main/contract/agent.ts";
import type { PublicLooks, PublicProof } from "../../main/contract/maintenance.ts";
import { causesOf } from "../../main/contract/shared/proof.ts";
import { publicCauses } from "../../main/contract/shared/public-proof.ts";
import { t } from "../../main/language/translate.ts";
import { visibleText } from "../../server-agent/core/visible-text.ts";
import { wrongCells } from "../../server-agent/core/proof/wrong-cells.ts";
import { count, duration } from "../lib/format.ts";
import { conditionWords } from "../maintenance/rule-words.ts";
import { balanceText } from "../maintenance/visitor-figures.ts";
import { lookWords, proofWords, timelineOf, undoneWords } from "./timeline.ts";

/**
 * @param looks what this computer saw of it
 * @param name of the site
 * @param server its name in the app
 */
export function receiptMarkdown(receipt: Receipt, looks: PublicLooks, name: string, server: string): string {
  const { revert, counts, options } = receipt;
  const page = options.page === "default" ? undefined : options.page;
  const balance = balanceText(counts);
  const lines = [
    `# Maintenance of ${text(name)}`,
    "",
    `- Server: ${text(server)}`,
    `- Reason: ${receipt.reason === "" ? "none given" : text(receipt.reason)}`,
    `- From: ${receipt.startedAt} (${text(receipt.author)})`,
    revert === undefined
      ? "- Until: it is still in maintenance"
      : `- Until: ${revert.at} (${text(revert.author)}), ${duration(Date.parse(revert.at) - Date.parse(receipt.startedAt))}`,
    ...(receipt.operation === undefined ? [] : [`- Switched together: ${text(receipt.operation.title)}`]),
    `- Receipt: \`${receipt.id}\``,
    "",
    "## What happened",
    "",
    ...timelineOf(receipt, looks).map(
      ({ at, title, detail }) => `- ${at}: ${title}${detail === "" ? "" : ` (${text(detail)})`}`,
    ),
    "",
    "## What visitors got",
    "",
    ...(options.root === undefined ? [] : [`- Own page: ${text(options.root)}`]),
    ...(page?.title === undefined ? [] : [`- Title: ${text(page.title)}`]),
    ...(page?.text === undefined ? [] : [`- Text: ${text(page.text)}`]),
    `- Status: ${options.status ?? 503}`,
    ...(options.exceptions ?? []).map((exception) => `- Let through: ${text(conditionWords(exception))}`),
    "",
    "## Counts",
    "",
    `- Saw the page: ${count(counts.refused)}`,
    `- Let through: ${count(counts.excepted)}`,
    `- In flight at the switch: ${count(counts.drained)} finished, ${count(counts.cut)} cut, ${count(counts.draining)} still finishing`,
    ...(balance === undefined ? [] : [`- ${text(balance.text)}`]),
    "",
    "## Proof",
    "",
    ...proofLines("After the switch", receipt.firstProof ?? receipt.proof),
    ...(receipt.firstProof === undefined ? [] : proofLines("Checked again", receipt.proof)),
    ...(revert === undefined ? [] : proofLines("After the way back", revert.proof)),
    ...lookLines(t("From this computer, while it was closed"), looks.first),
    ...(looks.changed === null ? [] : lookLines(t("From this computer, later"), looks.changed)),
    ...(revert === undefined ? [] : lookLines(t("From this computer, after the way back"), looks.back)),
    ...(revert === undefined ? [] : ["", undoneWords(receipt)]),
    "",
    "## Changes",
    "",
    ...receipt.changes.map(
      ({ kind, virtualHost, path }) =>
        `- ${kind}${virtualHost === undefined ? "" : ` ${text(virtualHost)}`} \`${path}\``,
    ),
  ];
  return `${lines.join("\n")}\n`;
}

function proofLines(when: string, proof: Proof | undefined): string[] {
  if (proof === undefined) return [`- ${when}: none`];
  return [
    `- ${when}: ${proofWords(proof)}, observed at ${proof.observedAt}`,
    ...causesOf(wrongCells(proof)).map(({ message, cells }) => `  - ${cells.length} × ${text(message)}`),
  ];
}

function lookLines(when: string, seen: PublicProof | null): string[] {
  if (seen === null) return [`- ${when}: ${t("Not looked at from this computer.")}`];
  return [
    `- ${when}: ${text(lookWords(seen))}, observed at ${seen.observedAt}`,
    ...publicCauses(seen.answers).map(({ words, urls }) => `  - ${text(urls.join(", "))}: ${text(words)}`),
  ];
}

/** Words of others in one line, none of which is markup. */
function text(words: string): string {
  return visibleText(words.replaceAll(/\s+/g, " ")).replaceAll(/[\\`*_[\]<>#|~!]/g, String.raw`\$&`);
}
