/**
 * By what question each server block is reached on each of its listeners: the hook is in a block,
 * so each is asked for itself.
 */
import { matchesHost, parseHostPattern } from "../routing/host-pattern.ts";
import { listenerKey, reachableBeside } from "../web-servers/listener-key.ts";
import type { ListenerQuestion } from "../web-servers/listener-question.ts";
import { mostExact } from "../web-servers/most-exact.ts";
import type { BlockListener, FoundBlock, SiteBlocks } from "./blocks.ts";

/** A name under a domain that is nobody's (RFC 2606). */
const NOBODY = "backsoon.invalid";

/** @param groups All sites, as a block may be hidden by one of another. */
export function questionsOf(groups: readonly SiteBlocks[], order: readonly FoundBlock[]): ListenerQuestion[] {
  const sockets = new Map<string, FoundBlock[]>();
  for (const found of order)
    for (const listener of found.listeners) {
      const key = listenerKey(listener);
      sockets.set(key, [...(sockets.get(key) ?? []), found]);
    }
  return groups.flatMap(({ id, blocks }) =>
    blocks.flatMap((found) =>
      found.listeners.map((listener): ListenerQuestion => {
        const beside = sockets.get(listenerKey(listener)) ?? [];
        const leads = (name: string) => winner(beside, listener, name) === found;
        const host = candidates(found, listener).find(leads);
        const skip = whyNot(found, listener, host);
        const { isDefault: _isDefault, refusesTls: _refusesTls, ...plain } = listener;
        return {
          site: id,
          listener: plain,
          connectTo: reachableBeside(listener, (other) => sockets.has(other)),
          leads,
          host: host ?? found.hosts[0] ?? NOBODY,
          block: { file: found.block.file, line: found.block.directive.line },
          onDisk: found.hooks.includes(id),
          ...(skip === undefined ? {} : { skip }),
        };
      }),
    ),
  );
}

function whyNot(found: FoundBlock, listener: BlockListener, host: string | undefined): string | undefined {
  if (listener.refusesTls) return "it ends every TLS handshake, so nobody sees a page here.";
  if (listener.clientCertificate) return "it demands a certificate of the visitor, and the agent has none.";
  if (host !== undefined) return undefined;
  return found.hosts.some((name) => name.startsWith("~"))
    ? "no name is known that its regular expression matches."
    : "another block of the same listener answers for its names.";
}

/** Names that may lead to a block, those that most probably do first. */
function candidates(found: FoundBlock, listener: BlockListener): string[] {
  const names = found.hosts.flatMap((host) => {
    if (host.startsWith("~")) return namesLike(host);
    return [host.startsWith("*.") ? `backsoon-check${host.slice(1)}` : host];
  });
  return listener.isDefault ? [...names, NOBODY] : names;
}

/** What a simple expression matches, such as that of `www.example.*`. */
function namesLike(host: string): string[] {
  const parsed = parseHostPattern(host);
  if (!parsed.ok) return [];
  const plain = host
    .slice(1)
    .replace(/\((?:\?(?:P?<\w+>|:))?/g, "(")
    .replace(/\[[^\]]*\][+*]?|\\[wd][+*]?|\.[+*]\??/g, "a1")
    .replace(/[\^$()?]/g, "")
    .replace(/\\(.)/g, "$1")
    .replace(/\|[^.]*/g, "")
    .toLowerCase();
  return [plain, `backsoon-check.${plain}`].filter(
    (name) => /^[a-z0-9._-]+$/.test(name) && matchesHost(parsed.pattern, name),
  );
}

/** Whom nginx takes for a name. */
function winner(beside: readonly FoundBlock[], listener: BlockListener, name: string): FoundBlock | undefined {
  const claims = beside.flatMap((part) => part.hosts.map((host) => ({ part, host })));
  const key = listenerKey(listener);
  return (
    mostExact(claims, name) ??
    beside.find(({ listeners }) => listeners.some((one) => one.isDefault && listenerKey(one) === key))
  );
}
