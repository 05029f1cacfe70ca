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
    `# ${t("Maintenance of {site}", { site: text(name) })}`,
    "",
    `- ${t("Server")}: ${text(server)}`,
    `- ${t("Reason")}: ${receipt.reason === "" ? t("none given") : text(receipt.reason)}`,
    `- ${t("From")}: ${receipt.startedAt} (${text(receipt.author)})`,
    revert === undefined
      ? `- ${t("Until")}: ${t("it is still in maintenance")}`
      : `- ${t("Until")}: ${revert.at} (${text(revert.author)}), ${duration(Date.parse(revert.at) - Date.parse(receipt.startedAt))}`,
    ...(receipt.operation === undefined ? [] : [`- ${t("Switched together")}: ${text(receipt.operation.title)}`]),
    `- ${t("Receipt")}: \`${receipt.id}\``,
    "",
    `## ${t("What happened")}`,
    "",
    ...timelineOf(receipt, looks).map(
      ({ at, title, detail }) => `- ${at}: ${title}${detail === "" ? "" : ` (${text(detail)})`}`,
    ),
    "",
    `## ${t("What visitors got")}`,
    "",
    ...(options.root === undefined ? [] : [`- ${t("Own page")}: ${text(options.root)}`]),
    ...(page?.title === undefined ? [] : [`- ${t("Title")}: ${text(page.title)}`]),
    ...(page?.text === undefined ? [] : [`- ${t("Text")}: ${text(page.text)}`]),
    `- ${t("Status")}: ${options.status ?? 503}`,
    ...(options.exceptions ?? []).map((exception) => `- ${t("Let through")}: ${text(conditionWords(exception))}`),
    "",
    `## ${t("Counts")}`,
    "",
    `- ${t("Saw the page")}: ${count(counts.refused)}`,
    `- ${t("Let through")}: ${count(counts.excepted)}`,
    `- ${t(
      "In flight at the switch: {finished, number} finished, {cut, number} cut, {draining, number} still finishing",
      { finished: counts.drained, cut: counts.cut, draining: counts.draining },
    )}`,
    ...(balance === undefined ? [] : [`- ${text(balance.text)}`]),
    "",
    `## ${t("Proof")}`,
    "",
    ...proofLines(t("After the switch"), receipt.firstProof ?? receipt.proof),
    ...(receipt.firstProof === undefined ? [] : proofLines(t("Checked again"), receipt.proof)),
    ...(revert === undefined ? [] : proofLines(t("After the way back"), revert.proof)),
    ...lookLines(t("From this computer, while it was closed"), looks.first),
    ...(looks.changed === null ? [] : lookLines(t("From this computer, later"), looks.changed)),
    ...(revert === undefined ? [] : lookLines(t("From this computer, after the way back"), looks.back)),
    ...(revert === undefined ? [] : ["", undoneWords(receipt)]),
    "",
    `## ${t("Changes")}`,
    "",
    ...receipt.changes.map(
      ({ kind, virtualHost, path }) =>
        `- ${kind}${virtualHost === undefined ? "" : ` ${text(virtualHost)}`} \`${path}\``,
    ),
  ];
  return `${lines.join("\n")}\n`;
}

function proofLines(when: string, proof: Proof | undefined): string[] {
  if (proof === undefined) return [`- ${when}: ${t("none")}`];
  return [
    `- ${when}: ${t("{words}, observed at {time}", { words: proofWords(proof), time: proof.observedAt })}`,
    ...causesOf(wrongCells(proof)).map(({ message, cells }) => `  - ${cells.length} × ${text(message)}`),
  ];
}

function lookLines(when: string, seen: PublicProof | null): string[] {
  if (seen === null) return [`- ${when}: ${t("Not looked at from this computer.")}`];
  return [
    `- ${when}: ${t("{words}, observed at {time}", { words: text(lookWords(seen)), time: seen.observedAt })}`,
    ...publicCauses(seen.answers).map(({ words, urls }) => `  - ${text(urls.join(", "))}: ${text(words)}`),
  ];
}

/** Words of others in one line, none of which is markup. */
function text(words: string): string {
  return visibleText(words.replaceAll(/\s+/g, " ")).replaceAll(/[\\`*_[\]<>#|~!]/g, String.raw`\$&`);
}
