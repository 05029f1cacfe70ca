import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Condition } from "../../contract/condition.ts";
import type { MaintenanceOptions, Receipt } from "../../contract/maintenance.ts";
import { count } from "../count.ts";
import { PAGE_OPTIONS, pageWords } from "../page-options.ts";
import { describePlan, describeWarning } from "../plan-words.ts";
import { onlySite, wholeNumber } from "../arguments.ts";
import { openReceipt } from "../open-receipt.ts";
import { changeMaintenance, extendMaintenance } from "./maintenance-change.ts";
import { callAgent, operator, report, SOCKET_OPTIONS, socketPath } from "../call-agent.ts";
import { parseUntil } from "../parse-until.ts";
import { EXIT } from "../../exit-codes.ts";
import { CERTIFICATE_PATH, HEALTH_CHECK_PATH } from "../../core/usual-exceptions.ts";
import { isUndecided } from "../../core/proof/after-proof.ts";
import { isWrong, proofWords, serverOf } from "../proof-words.ts";
import { UsageError } from "../usage-error.ts";

/** How long the proof of a switch may take, and how often it is asked for. */
const PROOF_TIMEOUT_MS = 5000;
const PROOF_INTERVAL_MS = 50;

export async function maintenance([direction, ...args]: readonly string[]): Promise<number> {
  if (direction === "on") return begin(args);
  if (direction === "off") return end(args);
  if (direction === "extend") return extendMaintenance(args);
  if (direction === "change") return changeMaintenance(args);
  throw new UsageError("use `maintenance on`, `off`, `extend` or `change`, and a SITE");
}

const many = { type: "string", multiple: true } as const;
const one = { type: "string" } as const;

async function begin(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...SOCKET_OPTIONS,
      until: one,
      reason: one,
      ...PAGE_OPTIONS,
      "page-root": one,
      status: one,
      "retry-after": one,
      host: many,
      "except-path": many,
      "except-from": many,
      "internal-host": many,
      "without-defaults": { type: "boolean" },
      "revert-if-wrong": { type: "boolean" },
      plan: { type: "boolean" },
    },
  });
  const words = pageWords(values);
  const usual = values["without-defaults"] === true ? [] : [CERTIFICATE_PATH, HEALTH_CHECK_PATH];
  const paths = [...new Set([...usual, ...(values["except-path"] ?? [])])];
  const exceptions: Condition[] = [
    ...(paths.length === 0 ? [] : [{ path: paths }]),
    ...(values["except-from"] === undefined ? [] : [{ from: values["except-from"] }]),
  ];
  const body: MaintenanceOptions = {
    site: onlySite(positionals),
    author: operator(),
    ...(values.until === undefined ? {} : { until: parseUntil(values.until, new Date()) }),
    ...(values.reason === undefined ? {} : { reason: values.reason }),
    ...(Object.keys(words).length === 0 ? {} : { page: words }),
    ...(values["page-root"] === undefined ? {} : { root: resolve(values["page-root"]) }),
    ...(values.status === undefined ? {} : { status: wholeNumber("--status", values.status) }),
    ...(values["retry-after"] === undefined
      ? {}
      : {
          retryAfter:
            values["retry-after"] === "end" ? "end" : wholeNumber("--retry-after", values["retry-after"], " or `end`"),
        }),
    ...(values.host === undefined ? {} : { hosts: values.host }),
    ...(values["internal-host"] === undefined ? {} : { internalHosts: values["internal-host"] }),
    ...(exceptions.length === 0 ? {} : { exceptions }),
    ...(values["revert-if-wrong"] === undefined ? {} : { revertIfWrong: values["revert-if-wrong"] }),
  };
  const socket = socketPath(values.socket);
  if (values.plan === true)
    return report(await callAgent(socket, "planMaintenance", { body }), values.json, describePlan);
  const started = await callAgent(socket, "startMaintenance", { body });
  if (!started.ok) return report(started, values.json, () => "");
  const receipt = isUndecided(started.value) ? started.value : await proved(socket, started.value);
  const config = await callAgent(socket, "getConfig", {});
  const server = config.ok ? serverOf(config.value.config, receipt.site) : undefined;
  const code = report({ ok: true, value: receipt }, values.json, (shown) => describeStart(shown, server));
  return code === EXIT.ok && isWrong(receipt) ? EXIT.notClosed : code;
}

/** The receipt as soon as it has its proof, or as it is when that takes too long. */
async function proved(socket: string, started: Receipt): Promise<Receipt> {
  const deadline = performance.now() + PROOF_TIMEOUT_MS;
  let receipt = started;
  while (receipt.proof === undefined && performance.now() < deadline) {
    await sleep(PROOF_INTERVAL_MS);
    const known = await callAgent(socket, "getMaintenance", { params: { id: started.id } });
    if (!known.ok) break;
    receipt = known.value;
  }
  return receipt;
}

async function end(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { ...SOCKET_OPTIONS, how: one },
  });
  const site = onlySite(positionals);
  const how = values.how ?? "delete";
  if (how !== "delete" && how !== "demote")
    throw new UsageError("--how must be delete (removes the copycat) or demote (moves it below the original)");
  const socket = socketPath(values.socket);
  const open = await openReceipt(socket, site);
  if (!open.ok) return report(open, values.json, () => "");
  const receipt = open.value;
  const outcome = await callAgent(socket, "revertMaintenance", {
    params: { id: receipt.id },
    body: { how, author: operator() },
  });
  return report(outcome, values.json, describeRevert);
}

/** `server`: the web server beside the agent that serves the site, if one does. */
function describeStart(receipt: Receipt, server: string | undefined): string {
  const { site, copycat, generation, switchMs, until, id, warnings, counts, afterProof } = receipt;
  if (receipt.revert !== undefined && afterProof !== undefined)
    return [
      `${site} is open again: ${afterProof.why}`,
      `${receipt.revert.exact ? "the configuration is what it was before" : "the copycat no longer answers"}, since generation ${receipt.revert.generation}; receipt ${id}`,
      "",
    ].join("\n");
  const where = server === undefined ? "answers at this agent" : `answers for ${server}`;
  const running =
    server === undefined
      ? `${count(counts.draining, "request")} from before the switch still running`
      : `${server} does not report which requests from before are still running; they finish on their own`;
  return [
    `${site} ${isWrong(receipt) ? "is NOT closed as planned" : "is in maintenance"}: ${copycat} ${where} since generation ${generation} (${timeOf(switchMs)})`,
    proofWords(receipt, server),
    ...afterProofLines(receipt),
    ...(until === undefined
      ? []
      : [
          `visitors see ${until} as the end, and you get a reminder then; to bring the site back: \`maintenance off ${site}\``,
        ]),
    `${running}; receipt ${id}`,
    ...warnings.map(describeWarning),
    "",
  ].join("\n");
}

function afterProofLines(receipt: Receipt): string[] {
  const { afterProof } = receipt;
  if (afterProof?.outcome === "not-reverted") return [`NOT brought back: ${afterProof.why}`];
  return isUndecided(receipt)
    ? ["the agent is still checking, and brings the site back automatically if the answers are wrong"]
    : [];
}

function describeRevert({ site, revert, counts }: Receipt): string {
  const exact = revert?.exact === true ? "the configuration is what it was before" : "the copycat no longer answers";
  return `${site} is back since generation ${revert?.generation ?? 0} (${timeOf(revert?.switchMs)}); ${exact}; ${count(counts.refused, "request")} got the page meanwhile\n`;
}

function timeOf(switchMs: number | undefined): string {
  return switchMs === undefined ? "time not measured" : `${switchMs} ms`;
}
