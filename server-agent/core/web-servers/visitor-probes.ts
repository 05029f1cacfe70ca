/**
 * What is asked of a web server to see that a site is closed: each part of its configuration, by a
 * name that leads to it. On some listener a name of the site may lead to another one.
 */
import { versionOf } from "../proof/entry.ts";
import { WITHIN_HEADER } from "../proof/headers.ts";
import type { PlannedCell, Probe } from "../proof/proof-cell.ts";
import type { ListenerQuestion } from "./listener-question.ts";
import { foreignListener } from "./prepared-sites.ts";

export interface AskedSite {
  /** Id of its web server. */
  server: string;
  /** Empty where the web server was not found: then all names are asked on all listeners. */
  questions: readonly ListenerQuestion[];
  /** Id of the virtual host that is to answer. */
  copycat: string;
}

/**
 * Each part that can be asked, on each listener: as a visitor comes, where the proof has a cell for
 * that. Where it has none, as an exception lets this computer in, the agent is told whose answer is
 * wanted; what is seen then is that the web server asks for one.
 *
 * @param planned Of a proof of the site.
 */
export function visitorProbes(
  planned: readonly PlannedCell[],
  { server, questions, copycat }: AskedSite,
): { probe: Probe }[] {
  const pages = planned.flatMap((plan) =>
    "probe" in plan && plan.probe.cell.probe === "page" && plan.probe.expect.virtualHost === copycat
      ? [plan.probe]
      : [],
  );
  if (questions.length === 0) return pages.map((probe) => ({ probe }));
  return questions
    .filter(({ skip }) => skip === undefined)
    .map((question) => {
      const { host, listener, connectTo } = question;
      const { port, tls, proxyProtocol } = listener;
      const { name } = foreignListener(server, listener);
      const asVisitor = pages.find(({ cell }) => cell.host === host && cell.listener === name);
      const version = versionOf(listener);
      const where = { address: connectTo, port, tls, proxyProtocol, version, foreign: server };
      return { probe: { ...(asVisitor ?? within(copycat, host, name)), ...where } };
    });
}

function within(
  copycat: string,
  host: string,
  listener: string,
): Pick<Probe, "cell" | "method" | "target" | "headers" | "expect"> {
  return {
    cell: { host, listener, path: "/", probe: "page" },
    method: "GET",
    target: "/",
    headers: { accept: "text/html", host, [WITHIN_HEADER]: copycat },
    expect: { virtualHost: copycat, answer: "any", instead: undefined },
  };
}
