/** Which server blocks are one site, and what it is called. */
import { matchesHost, parseHostPattern } from "../routing/host-pattern.ts";
import type { FoundBlock } from "./blocks.ts";
import { HTTP_HOOK } from "./hook-names.ts";

export interface BlockGroup {
  readonly id: string;
  readonly hosts: readonly string[];
  /** In the order of the configuration. */
  readonly blocks: readonly FoundBlock[];
}

/** Id of the site that answers for the names that nobody lists. */
const DEFAULT = "default";
const MAX_ID_LENGTH = 100;

/** Blocks that share a name are one site; what only redirects belongs to where it leads. */
export function groupBlocks(blocks: readonly FoundBlock[]): BlockGroup[] {
  const groups = new Groups(blocks);
  const owners = new Map<string, FoundBlock>();
  for (const block of blocks)
    for (const host of block.hosts) {
      const owner = owners.get(host);
      if (owner === undefined) owners.set(host, block);
      else groups.join(owner, block);
    }
  const [catchAll] = blocks.filter(isCatchAll);
  for (const block of blocks) {
    if (catchAll !== undefined && isCatchAll(block)) groups.join(catchAll, block);
    if (block.role.role !== "redirects" || block.hosts.length === 0) continue;
    for (const target of block.role.targets) {
      const owner = owners.get(target) ?? blocks.find(({ hosts }) => hosts.some((host) => covers(host, target)));
      if (owner === undefined || isCatchAll(owner)) continue;
      groups.join(owner, block);
      break;
    }
  }
  return named(groups.all());
}

/** It has no name, or none that is known here and answers for those that nobody lists. */
export function isCatchAll({ hosts, unusable, listeners }: FoundBlock): boolean {
  return hosts.length === 0 && (unusable.length === 0 || listeners.some(({ isDefault }) => isDefault));
}

function covers(host: string, name: string): boolean {
  const parsed = parseHostPattern(host);
  return parsed.ok && parsed.pattern.kind === "wildcard" && matchesHost(parsed.pattern, name);
}

class Groups {
  readonly #parent: Map<FoundBlock, FoundBlock>;

  constructor(blocks: readonly FoundBlock[]) {
    this.#parent = new Map(blocks.map((block) => [block, block]));
  }

  join(a: FoundBlock, b: FoundBlock): void {
    this.#parent.set(this.#root(b), this.#root(a));
  }

  all(): FoundBlock[][] {
    const groups = new Map<FoundBlock, FoundBlock[]>();
    for (const block of this.#parent.keys()) {
      const root = this.#root(block);
      groups.set(root, [...(groups.get(root) ?? []), block]);
    }
    return [...groups.values()];
  }

  #root(block: FoundBlock): FoundBlock {
    let root = block;
    for (let next = this.#parent.get(root); next !== undefined && next !== root; next = this.#parent.get(root))
      root = next;
    return root;
  }
}

function named(groups: readonly FoundBlock[][]): BlockGroup[] {
  const taken = new Set<string>([HTTP_HOOK]);
  const ids = new Map<FoundBlock[], string>();
  const take = (group: FoundBlock[], id: string) => {
    if (ids.has(group) || taken.has(id)) return;
    taken.add(id);
    ids.set(group, id);
  };
  // A site keeps the id that stands in its blocks, whatever comes or goes beside it. A block that
  // was copied with its line is another one's.
  const hooked = groups.map((group) => ({ group, hook: group.flatMap(({ hooks }) => hooks)[0] }));
  for (const { group, hook } of hooked) if (hook !== undefined && hook === naturalId(group)) take(group, hook);
  for (const { group, hook } of hooked) if (hook !== undefined) take(group, hook);
  for (const group of groups) {
    const natural = naturalId(group);
    if (natural !== undefined) take(group, natural);
    for (let n = natural === undefined ? 1 : 2; !ids.has(group); n += 1)
      take(group, `${(natural ?? "site").slice(0, MAX_ID_LENGTH - 5)}-${String(n)}`);
  }
  return groups.map((blocks) => ({ id: ids.get(blocks) ?? "", hosts: hostsOfGroup(blocks), blocks }));
}

/** Those of the blocks that show something come first. */
function hostsOfGroup(blocks: readonly FoundBlock[]): string[] {
  const serving = blocks.filter(({ role }) => role.role === "serves");
  const hosts = [...new Set([...serving, ...blocks].flatMap((block) => block.hosts))];
  return blocks.every(isCatchAll) ? ["*"] : hosts;
}

function naturalId(blocks: readonly FoundBlock[]): string | undefined {
  if (blocks.every(isCatchAll)) return DEFAULT;
  const hosts = hostsOfGroup(blocks).filter((host) => !host.startsWith("~"));
  const first = hosts.find((host) => !host.startsWith("*")) ?? hosts[0] ?? "";
  const id = first.replace(/^\*\./, "any.").slice(0, MAX_ID_LENGTH);
  return /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(id) ? id : undefined;
}
