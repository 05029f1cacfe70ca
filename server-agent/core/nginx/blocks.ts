/** What each server block answers for: names, listeners, and whether it is the default of one. */
import type { SiteListener } from "../../contract/web-servers.ts";
import type { BlockGroup } from "../web-servers/group-blocks.ts";
import { listenerKey } from "../web-servers/listener-key.ts";
import { type BlockRole, roleOf } from "./block-role.ts";
import { hookIn } from "./hook-names.ts";
import { type ConfigurationTree, type ServerBlock, valueIn } from "./include-tree.ts";
import { type Listen, type SkippedListen, listensOf } from "./listens.ts";
import { hostsOf } from "./server-names.ts";

export interface BlockListener extends SiteListener {
  /** It also answers names here that no block lists. */
  readonly isDefault: boolean;
  /** It ends the handshake of whoever comes here. */
  readonly refusesTls: boolean;
}

export interface FoundBlock {
  readonly block: ServerBlock;
  /** As written. */
  readonly names: readonly string[];
  readonly hosts: readonly string[];
  readonly unusable: readonly string[];
  readonly role: BlockRole;
  readonly listeners: readonly BlockListener[];
  readonly skipped: readonly SkippedListen[];
  /** Names behind the includes of ours that stand in it. */
  readonly hooks: readonly string[];
}

/** The server blocks of one site. */
export type SiteBlocks = BlockGroup<FoundBlock>;

/** It has no name, or none that is known here and answers for those that nobody lists. */
export function isCatchAll({ hosts, unusable, listeners }: FoundBlock): boolean {
  return hosts.length === 0 && (unusable.length === 0 || listeners.some(({ isDefault }) => isDefault));
}

/** @param hostname Of the machine, for `server_name $hostname`. */
export function readBlocks(tree: ConfigurationTree, hostname: string): FoundBlock[] {
  const read = tree.servers.map((block) => ({ block, ...listensOf(block) }));
  const sockets = new Map<string, Socket>();
  for (const { block, listens } of read) for (const listen of listens) share(sockets, block, listen);
  return read.map(({ block, listens, skipped }): FoundBlock => {
    const names = block.body
      .filter(({ directive }) => directive.name === "server_name")
      .flatMap(({ directive }) => directive.args);
    const { hosts, unusable } = hostsOf(names, hostname);
    const clientCertificate = valueIn(block, "ssl_verify_client")?.directive.args[0] === "on";
    const refusesTls = valueIn(block, "ssl_reject_handshake")?.directive.args[0] === "on";
    const listeners = new Map<string, BlockListener>();
    for (const { address, port } of listens) {
      const key = listenerKey({ address, port });
      const socket = sockets.get(key);
      if (socket === undefined) continue;
      const { tls, http2, proxyProtocol } = socket;
      listeners.set(key, {
        address,
        port,
        tls,
        http2,
        proxyProtocol,
        clientCertificate: tls && clientCertificate,
        isDefault: socket.default === block,
        refusesTls: tls && refusesTls,
      });
    }
    return {
      block,
      names,
      hosts,
      unusable,
      role: roleOf(block, hosts),
      listeners: [...listeners.values()],
      skipped,
      hooks: (block.directive.block?.directives ?? []).flatMap((directive) => hookIn(directive) ?? []),
    };
  });
}

/** What the blocks of one address and port have in common. */
interface Socket {
  tls: boolean;
  http2: boolean;
  proxyProtocol: boolean;
  explicit: boolean;
  default: ServerBlock;
}

function share(sockets: Map<string, Socket>, block: ServerBlock, listen: Listen): void {
  const key = listenerKey(listen);
  const socket = sockets.get(key);
  if (socket === undefined) {
    const { tls, http2, proxyProtocol, defaultServer } = listen;
    sockets.set(key, { tls, http2, proxyProtocol, explicit: defaultServer, default: block });
    return;
  }
  // nginx takes an option of one block for all of the same address and port.
  socket.tls ||= listen.tls;
  socket.http2 ||= listen.http2;
  socket.proxyProtocol ||= listen.proxyProtocol;
  if (listen.defaultServer && !socket.explicit) {
    socket.explicit = true;
    socket.default = block;
  }
}
