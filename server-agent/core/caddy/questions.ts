/**
 * By what question each site block is reached on each of its listeners: the hook is in a block, so
 * each is asked for itself.
 */
import type { SiteListener } from "../../contract/web-servers.ts";
import { reachable } from "../proof/entry.ts";
import type { ListenerQuestion } from "../web-servers/listener-question.ts";
import { type Claim, mostExact } from "../web-servers/most-exact.ts";
import type { Answering, FoundBlock, SiteBlocks } from "./blocks.ts";

/** A name under a domain that is nobody's (RFC 2606). */
const NOBODY = "backsoon.invalid";

export function questionsOf(groups: readonly SiteBlocks[]): ListenerQuestion[] {
  const claims = new Map<string, Claim<FoundBlock>[]>();
  for (const part of groups.flatMap(({ blocks }) => blocks))
    for (const { host = "*", listener } of part.answers) {
      const key = keyOf(listener);
      claims.set(key, [...(claims.get(key) ?? []), { part, host }]);
    }
  return groups.flatMap((group) => group.blocks.flatMap((found) => ofBlock(group, found, claims)));
}

/** @param claims Who answers for what, by listener. */
function ofBlock(
  { id }: SiteBlocks,
  found: FoundBlock,
  claims: ReadonlyMap<string, readonly Claim<FoundBlock>[]>,
): ListenerQuestion[] {
  const { statement } = found.block;
  const block = { file: statement.file, line: statement.words[0]?.line ?? 1 };
  const question = ({ host, listener }: Answering, skip: string | undefined): ListenerQuestion => ({
    site: id,
    listener,
    connectTo: reachable(listener.address),
    leads: (name) => mostExact(claims.get(keyOf(listener)) ?? [], name) === found,
    host: nameFor(host),
    block,
    onDisk: found.hooks.includes(id),
    ...(skip === undefined ? {} : { skip }),
  });
  return [
    ...oneOfEach(found.answers).map((answer) => question(answer, whyNot(answer))),
    ...oneOfEach(found.redirects).map((answer) =>
      question(answer, "Caddy's own redirect to HTTPS goes on here, and leads to the page; it can have no hook."),
    ),
  ];
}

/** Why a listener cannot be asked as a visitor does. */
export function whyNot({ host, listener }: Answering): string | undefined {
  if (listener.clientCertificate) return "it demands a certificate of the visitor, and the agent has none.";
  if (host === undefined && listener.tls) return "no name is known for which it has a certificate.";
  return undefined;
}

function oneOfEach(answers: readonly Answering[]): Answering[] {
  const seen = new Map<string, Answering>();
  for (const answer of answers) {
    const key = keyOf(answer.listener);
    if (!seen.has(key)) seen.set(key, answer);
  }
  return [...seen.values()];
}

function nameFor(host: string | undefined): string {
  if (host === undefined) return NOBODY;
  return host.startsWith("*.") ? `backsoon-check${host.slice(1)}` : host;
}

function keyOf({ address, port }: SiteListener): string {
  return `${address} ${String(port)}`;
}
