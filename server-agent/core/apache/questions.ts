/**
 * By what question each virtual host is reached on each of its listeners: the hook is in a virtual
 * host, so each is asked for itself.
 */
import { matchesHost, parseHostPattern } from "../routing/host-pattern.ts";
import { listenerKey, reachableBeside } from "../web-servers/listener-key.ts";
import type { ListenerQuestion } from "../web-servers/listener-question.ts";
import type { Configuration } from "./configuration.ts";
import { switchingOff } from "./rule-hazards.ts";
import type { BlockListener, FoundBlock, SiteBlocks } from "./virtual-hosts.ts";

/** A name under a domain that is nobody's (RFC 2606). */
const NOBODY = "backsoon.invalid";

/** @param groups All sites, as a block may be hidden by one of another. */
export function questionsOf(
  groups: readonly SiteBlocks[],
  order: readonly FoundBlock[],
  { top }: Pick<Configuration, "top">,
): ListenerQuestion[] {
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
        const { isDefault: _isDefault, ...plain } = listener;
        const skip = whyNot(listener, host);
        return {
          site: id,
          listener: plain,
          connectTo: reachableBeside(listener, (key) => sockets.has(key)),
          leads,
          host: host ?? found.hosts[0] ?? NOBODY,
          block: { file: found.block.file, line: found.block.directive.line },
          onDisk: found.hooks.includes(id) && switchingOff(found.block, top) === undefined,
          ...(skip === undefined ? {} : { skip }),
        };
      }),
    ),
  );
}

function whyNot(listener: BlockListener, host: string | undefined): string | undefined {
  if (listener.clientCertificate) return "it demands a certificate of the visitor, and the agent has none.";
  return host === undefined ? "another virtual host of the same listener answers for its names." : undefined;
}

/** Names that may lead to a block, those that most probably do first. */
function candidates({ hosts }: FoundBlock, { isDefault }: BlockListener): string[] {
  const names = hosts.map((host) => {
    if (host.startsWith("~")) return nameLike(host);
    return host.startsWith("*.") ? `backsoon-check${host.slice(1)}` : host;
  });
  return isDefault ? [...names, NOBODY] : names;
}

/** What an expression matches that was made from a name with wildcards. */
function nameLike(host: string): string {
  return host
    .slice(1)
    .replace(/^\^|\$$/g, "")
    .replaceAll(".*", "a1")
    .replace(/(?<!\\)\./g, "a")
    .replaceAll("\\", "");
}

/** Whom Apache takes for a name: the first that has it, else the first of the listener. */
function winner(beside: readonly FoundBlock[], listener: BlockListener, name: string): FoundBlock | undefined {
  const key = listenerKey(listener);
  return (
    beside.find(({ hosts }) => hosts.some((host) => fits(host, name))) ??
    beside.find(({ listeners }) => listeners.some((one) => one.isDefault && listenerKey(one) === key))
  );
}

function fits(host: string, name: string): boolean {
  const parsed = parseHostPattern(host);
  return parsed.ok && matchesHost(parsed.pattern, name);
}
