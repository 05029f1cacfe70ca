/** The sites of a Caddy, from its Caddyfile and from what Caddy itself makes of it. */
import type { DiscoveredSite, Hazard, SiteListener } from "../../contract/web-servers.ts";
import { groupBlocks } from "../web-servers/group-blocks.ts";
import type { ListenerQuestion } from "../web-servers/listener-question.ts";
import type { AdaptedConfiguration } from "./adapted.ts";
import { type FoundBlock, type SiteBlocks, isCatchAll, readBlocks } from "./blocks.ts";
import { hazardsOf, orderHazards, placeOf } from "./hazards.ts";
import { FALLBACK } from "./hook-names.ts";
import type { ConfigurationTree } from "./include-tree.ts";
import { isOrdered, sharedHazards } from "./options-place.ts";
import { type NamesOf, refusing } from "./place-hazards.ts";
import { questionsOf, whyNot } from "./questions.ts";

export interface Discovered {
  readonly tree: ConfigurationTree;
  readonly groups: readonly SiteBlocks[];
  /** Without the ends of the certificates, which are to be read from the files. */
  readonly sites: DiscoveredSite[];
  readonly questions: ListenerQuestion[];
}

export interface DiscoverOptions {
  readonly namesOf: NamesOf;
  /** Why this Caddy can have no hook at all. */
  readonly unable: readonly { readonly code: string; readonly message: string }[];
}

export function discover(
  tree: ConfigurationTree,
  adapted: AdaptedConfiguration,
  { namesOf, unable }: DiscoverOptions,
): Discovered {
  const all = readBlocks(tree.sites, tree.options, adapted);
  const groups = groupBlocks(all, { isCatchAll, reserved: FALLBACK });
  const top = { file: tree.main, line: 1 };
  const shared = [
    ...unable.map(({ code, message }) => refusing(code, message, top)),
    ...tree.problems.map((problem) => refusing("unreadable", problem, top)),
    ...sharedHazards(tree, namesOf),
    ...orderHazards(all, isOrdered(tree)),
  ];
  return {
    tree,
    groups,
    sites: groups.map((group) => siteOf(group, hazardsOf(group, { tree, namesOf, shared, all }))),
    questions: questionsOf(groups),
  };
}

function siteOf(group: SiteBlocks, hazards: Hazard[]): DiscoveredSite {
  const { id, hosts, blocks } = group;
  return {
    id,
    hosts: [...hosts],
    listeners: listenersOf(group),
    blocks: blocks.map(({ block, role, names, answers }) => ({
      ...placeOf(block),
      role: role.role,
      names: [...names],
      isDefault: answers.some(({ host }) => host === undefined),
    })),
    certificates: [...new Set(blocks.flatMap(certificatesOf))].map((file) => ({ file })),
    hazards,
  };
}

/**
 * Those on which the agent can ask, and every name of the site is answered; all of them where there
 * is none such.
 */
function listenersOf({ blocks, hosts }: SiteBlocks): SiteListener[] {
  const answers = blocks
    .flatMap((found) => found.answers)
    .filter((answer) => answer.host === undefined || hosts.includes(answer.host));
  const names = new Set(answers.map(({ host }) => host ?? "*"));
  const byKey = new Map<string, { listener: SiteListener; names: Set<string>; isAsked: boolean }>();
  for (const answer of answers) {
    const { address, port } = answer.listener;
    const key = `${address} ${String(port)}`;
    const known = byKey.get(key) ?? { listener: answer.listener, names: new Set<string>(), isAsked: true };
    known.names.add(answer.host ?? "*");
    if (answer.listener.clientCertificate) known.listener = answer.listener;
    if (whyNot(answer) !== undefined && !answer.listener.clientCertificate) known.isAsked = false;
    byKey.set(key, known);
  }
  const asked = [...byKey.values()].filter(({ isAsked }) => isAsked);
  const even = asked.filter((one) => one.names.size === names.size);
  return (even.length > 0 ? even : asked).map(({ listener }) => listener);
}

function certificatesOf({ block }: FoundBlock): string[] {
  return block.body.flatMap(({ words }) =>
    words[0] === "tls" && words.length === 3 && words[1]?.startsWith("/") === true ? [words[1]] : [],
  );
}
