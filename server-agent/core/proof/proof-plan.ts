/**
 * What a proof asks after a switch and after a revert, and what is right. The runner asks through
 * the agent's own listeners, as a visitor would, and is told by `Backsoon-Answered-By` which
 * virtual host answered. A POST is sent only where the configuration says for certain that a
 * maintenance page answers: a proof must not place an order.
 */
import type { Config, VirtualHost } from "../../contract/config.ts";
import type { ProofCell } from "../../contract/proof.ts";
import type { ProofListener } from "./entry.ts";
import { ListenerProof, staffOf } from "./listener-proof.ts";
import { sampleHost } from "./proof-samples.ts";
import { compileConfig } from "../routing/routing-table.ts";
import { SITE_HEADER } from "./headers.ts";
import { shareHosts } from "../maintenance/host-coverage.ts";
import { isBuiltInPage } from "../maintenance/page.ts";
import type { ProvenReceipt, PlannedCell, Probe, Observed, Expectation, Kind, WantedAnswer } from "./proof-cell.ts";

/**
 * All cells of a proof. In maintenance: every listener × host of the copycat × page, API, HEAD,
 * POST, and each exception and staff name with what may be asked of a live site. After a revert:
 * every listener × host × page, API, HEAD, which the original must answer. What cannot be asked
 * from this computer is skipped and says why.
 *
 * @param config The one in service.
 */
export function planProof(config: Config, receipt: ProvenReceipt, listeners: readonly ProofListener[]): PlannedCell[] {
  const planned = receipt.operations.find((operation) => operation.op === "insert-virtual-host")?.virtualHost;
  const copycat =
    config.virtualHosts.find(({ id, copycatOf }) => id === receipt.copycat && copycatOf === receipt.site) ?? planned;
  if (copycat === undefined) return [];
  const compiled = compileConfig({ ...config, virtualHosts: answering(config, receipt, copycat) });
  // A configuration in service has been compiled before.
  if (!compiled.ok) return [];
  return listeners.flatMap((listener) => new ListenerProof(compiled.table, listener, receipt, copycat).cells());
}

/** Those that may answer what is asked: of many thousand sites a few. */
function answering({ virtualHosts }: Config, receipt: ProvenReceipt, copycat: VirtualHost): VirtualHost[] {
  const asked = [...copycat.hosts, ...staffOf(receipt)].map((entry) => sampleHost(entry) ?? entry);
  return virtualHosts.filter((each) => each === copycat || each.id === receipt.site || shareHosts(each.hosts, asked));
}

/**
 * Whether what was observed is what the plan says. `generation`: the one that is asked; an older
 * one must not answer any more (promise 2).
 */
export function judge(probe: Probe, observed: Observed, generation: number): ProofCell {
  const judged = judgeAnswer(probe, observed, generation);
  const certificate = "error" in observed ? undefined : observed.certificate;
  return certificate === undefined ? judged : { ...judged, message: `${judged.message} ${certificate}` };
}

function judgeAnswer({ cell, expect, foreign }: Probe, observed: Observed, generation: number): ProofCell {
  const { virtualHost, answer, instead } = expect;
  const expected = describe(expect);
  const why = instead === undefined ? "" : ` The configuration lets ${instead} answer this request.`;
  if ("error" in observed)
    return {
      ...cell,
      outcome: "wrong",
      expected,
      observed: "no answer",
      message: `No answer: ${observed.error}.${why}`,
    };
  const by = observed.answeredBy?.split(";")[0] ?? unmarked(observed, foreign);
  const seen = { ...cell, expected, observed: `${observed.status} by ${by}`, status: observed.status };
  const answering = answeringGeneration(observed);
  if (answering !== undefined && answering < generation)
    return { ...seen, outcome: "wrong", message: `Generation ${answering} still answers, instead of ${generation}.` };
  // A web server does not mark what it answers by itself.
  if (foreign !== undefined && answer === "live" && by === foreign)
    return { ...seen, outcome: "right", message: `${foreign} answered, by its own configuration.` };
  if (by !== virtualHost)
    return { ...seen, outcome: "wrong", message: `${by} answered instead of ${virtualHost}.${why}` };
  if (answer === "any") return { ...seen, outcome: "right", message: "The copycat answered." };
  if (answer === "live")
    return {
      ...seen,
      outcome: "right",
      message: observed.status < 500 ? "The original answered." : `The original answered, but with ${observed.status}.`,
    };
  const faults = faultsOf(cell.probe, answer, observed);
  return faults.length > 0
    ? { ...seen, outcome: "wrong", message: `${faults.join("; ")}.` }
    : { ...seen, outcome: "right", message: "The copycat answered as planned." };
}

/** Who answered without a mark of the agent. */
function unmarked({ headers }: Extract<Observed, { status: number }>, foreign: string | undefined): string {
  if (foreign === undefined) return "an unknown virtual host";
  return headers[SITE_HEADER] === undefined ? foreign : "the page on disk";
}

/** Which generation answered, if the answer tells. */
function answeringGeneration(observed: Observed): number | undefined {
  const number = "error" in observed ? undefined : /;generation=(\d+)$/.exec(observed.answeredBy ?? "")?.[1];
  return number === undefined ? undefined : Number(number);
}

function describe({ virtualHost, answer }: Expectation): string {
  if (answer === "live") return `the original ${virtualHost}`;
  return answer === "any" ? virtualHost : `${answer.status} by ${virtualHost}`;
}

function faultsOf(
  kind: Kind,
  wanted: WantedAnswer,
  { status, headers, body }: Extract<Observed, { status: number }>,
): string[] {
  const faults: string[] = [];
  if (status !== wanted.status) faults.push(`Status ${status} instead of ${wanted.status}`);
  if (headers["retry-after"] === undefined) faults.push("Retry-After is missing");
  if (!(headers["cache-control"] ?? "").includes("no-store")) faults.push("Cache-Control does not say no-store");
  if (kind === "head" ? body !== "" : body === "")
    faults.push(kind === "head" ? "HEAD came with a body" : "The body is empty");
  if (kind === "api" && wanted.json && !isJson(headers["content-type"], body))
    faults.push("A program did not get JSON");
  if ((kind === "page" || kind === "post") && wanted.ownPage !== undefined && isBuiltInPage(wanted.ownPage, body))
    faults.push(`The built-in page instead of the one in ${wanted.ownPage.root ?? ""}`);
  return faults;
}

function isJson(type: string | undefined, body: string): boolean {
  if (!/^application\/([^/]+\+)?json\b/i.test(type ?? "")) return false;
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false;
  }
}
