/**
 * By what question each site block is reached on each of its listeners: the hook is in a block, so
 * each is asked for itself.
 */
import type { SiteListener } from "../../contract/web-servers.ts";
import type { ListenerQuestion } from "../web-servers/listener-question.ts";
import type { Answering, FoundBlock, SiteBlocks } from "./blocks.ts";

/** A name under a domain that is nobody's (RFC 2606). */
const NOBODY = "backsoon.invalid";

export function questionsOf(groups: readonly SiteBlocks[]): ListenerQuestion[] {
  return groups.flatMap((group) => group.blocks.flatMap((found) => ofBlock(group, found)));
}

function ofBlock({ id }: SiteBlocks, found: FoundBlock): ListenerQuestion[] {
  const { statement } = found.block;
  const block = { file: statement.file, line: statement.words[0]?.line ?? 1 };
  const question = ({ host, listener }: Answering, skip: string | undefined): ListenerQuestion => ({
    site: id,
    listener,
    connectTo: reachable(listener),
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
    const { address, port } = answer.listener;
    const key = `${address} ${String(port)}`;
    if (!seen.has(key)) seen.set(key, answer);
  }
  return [...seen.values()];
}

function nameFor(host: string | undefined): string {
  if (host === undefined) return NOBODY;
  return host.startsWith("*.") ? `backsoon-check${host.slice(1)}` : host;
}

function reachable({ address }: SiteListener): string {
  if (address === "0.0.0.0") return "127.0.0.1";
  return address === "::" ? "::1" : address;
}
