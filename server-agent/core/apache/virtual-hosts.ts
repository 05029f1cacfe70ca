/** What each `<VirtualHost>` answers for: names, listeners, whether it is the default of one. */
import type { SiteListener } from "../../contract/web-servers.ts";
import type { BlockGroup } from "../web-servers/group-blocks.ts";
import { listenerKey } from "../web-servers/listener-key.ts";
import { type BlockRole, roleOf } from "./block-role.ts";
import { type Configuration, lastOf, type Placed } from "./configuration.ts";
import type { Dump, DumpedHost } from "./dump.ts";
import { hookIn } from "./hook-names.ts";
import { exactKeys, listenersOf, type Socket, socketsOf } from "./listens.ts";
import { hostsOf, namesIn } from "./server-names.ts";

export interface BlockListener extends SiteListener {
  /** It also answers names here that no virtual host has. */
  readonly isDefault: boolean;
}

export interface FoundBlock {
  /** The section; for one that a macro makes, the place where it is used. */
  readonly block: Placed;
  /** `none`: it stands for a server without any. */
  readonly kind: "section" | "macro" | "none";
  /** As written. */
  readonly names: readonly string[];
  readonly hosts: readonly string[];
  readonly unusable: readonly string[];
  readonly role: BlockRole;
  readonly listeners: readonly BlockListener[];
  /** Names behind the includes of ours that stand in it. */
  readonly hooks: readonly string[];
}

/** The virtual hosts of one site. */
export type SiteBlocks = BlockGroup<FoundBlock>;

/** It has no name, or none that is known here and answers for those that nobody lists. */
export function isCatchAll({ hosts, unusable, listeners }: FoundBlock): boolean {
  return hosts.length === 0 && (unusable.length === 0 || listeners.some(({ isDefault }) => isDefault));
}

/** In the order of the configuration, in which Apache looks at those of an address. */
export function readBlocks({ main, top }: Configuration, { hosts, modules }: Dump): FoundBlock[] {
  const sockets = socketsOf(top);
  if (hosts.length === 0) return main === "" ? [] : [withoutAny(main, sockets)];
  const exact = exactKeys(
    hosts.map(({ address }) => address),
    sockets,
  );
  const blocks = new Map<string, { block: Placed; dumped: DumpedHost[] }>();
  for (const host of hosts) {
    const key = `${host.file}:${String(host.line)}:${host.isMacro ? host.names.join() : ""}`;
    const known = blocks.get(key);
    if (known !== undefined) known.dumped.push(host);
    else blocks.set(key, { block: blockAt(top, host), dumped: [host] });
  }
  const defaults = new Map(
    [...blocks.values()].flatMap(({ block, dumped }) =>
      dumped.filter(({ isDefault }) => isDefault).map(({ address }) => [address, block] as const),
    ),
  );
  const order = ({ block }: { block: Placed }) => (top.indexOf(block) + top.length + 1) % (top.length + 1);
  return [...blocks.values()]
    .sort((a, b) => order(a) - order(b))
    .map(({ block, dumped }): FoundBlock => {
      const valueOf = (name: string) => lastOf(block.body, name) ?? lastOf(top, name);
      const isMacro = dumped.some((host) => host.isMacro);
      const { names, hosts: own, unusable } = hostsOf(isMacro ? (dumped[0]?.names ?? []) : namesIn(block.body));
      const http2 = modules.has("http2_module") && valueOf("protocols")?.args.includes("h2") === true;
      const listeners = new Map<string, BlockListener>();
      for (const { address, isDefault } of dumped)
        for (const place of listenersOf(address, sockets, exact)) {
          // The first of an address decides about TLS for all of them.
          const first = defaults.get(address) ?? block;
          const engine = lastOf(first.body, "sslengine") ?? lastOf(top, "sslengine");
          const tls = /^(?:on|optional)$/i.test(engine?.args[0] ?? "");
          const clientCertificate = tls && valueOf("sslverifyclient")?.args[0]?.toLowerCase() === "require";
          const proxy = lastOf(first.body, "remoteipproxyprotocol") ?? lastOf(top, "remoteipproxyprotocol");
          const proxyProtocol = proxy?.args[0]?.toLowerCase() === "on";
          listeners.set(listenerKey(place), {
            ...place,
            tls,
            http2: tls && http2,
            proxyProtocol,
            clientCertificate,
            isDefault,
          });
        }
      return {
        block,
        kind: isMacro ? "macro" : "section",
        names,
        hosts: own,
        unusable,
        role: roleOf(block.body, own),
        // Apache tells its addresses in no order of their own.
        listeners: [...listeners].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, listener]) => listener),
        hooks: (block.directive.section?.directives ?? []).flatMap((directive) => hookIn(directive) ?? []),
      };
    });
}

function blockAt(top: readonly Placed[], { file, line }: DumpedHost): Placed {
  const found = top.find(
    (placed) => placed.file === file && placed.directive.line === line && placed.directive.name === "virtualhost",
  );
  const unknown = { name: "use", rest: "", start: 0, end: 0, line };
  return found ?? { file, directive: unknown, args: [], body: [] };
}

/** What a server without virtual hosts serves to everybody. */
function withoutAny(main: string, sockets: readonly Socket[]): FoundBlock {
  const common = { tls: false, http2: false, proxyProtocol: false, clientCertificate: false, isDefault: true };
  return {
    block: { file: main, directive: { name: "", rest: "", start: 0, end: 0, line: 1 }, args: [], body: [] },
    kind: "none",
    names: [],
    hosts: [],
    unusable: [],
    role: { role: "serves" },
    listeners: sockets.map(({ address, port }) => ({ address, port, ...common })),
    hooks: [],
  };
}
