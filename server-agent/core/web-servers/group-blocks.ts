/** Which parts of a web server's configuration are one site, and what it is called. */
import { matchesHost, parseHostPattern } from "../routing/host-pattern.ts";

/** A part of the configuration that answers for names. */
export interface NamedBlock {
  /** As a virtual host has them. */
  readonly hosts: readonly string[];
  /** What it is for, and the names that it sends visitors to. */
  readonly role: { readonly role: "serves" } | { readonly role: "redirects"; readonly targets: readonly string[] };
  /** Names of hooks that stand in it. */
  readonly hooks: readonly string[];
}

export interface BlockGroup<Block extends NamedBlock> {
  readonly id: string;
  readonly hosts: readonly string[];
  /** In the order of the configuration. */
  readonly blocks: readonly Block[];
}

interface Grouping<Block> {
  /** It answers for the names that nobody lists. */
  readonly isCatchAll: (block: Block) => boolean;
  /** A name that the hook needs for itself. */
  readonly reserved: string;
}

/** Id of the site that answers for the names that nobody lists. */
const DEFAULT = "default";
const MAX_ID_LENGTH = 100;

/** Blocks that share a name are one site; what only redirects belongs to where it leads. */
export function groupBlocks<Block extends NamedBlock>(
  blocks: readonly Block[],
  grouping: Grouping<Block>,
): BlockGroup<Block>[] {
  const { isCatchAll } = grouping;
  const groups = new Groups(blocks);
  const owners = new Map<string, Block>();
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
  return named(groups.all(), grouping);
}

function covers(host: string, name: string): boolean {
  const parsed = parseHostPattern(host);
  return parsed.ok && parsed.pattern.kind === "wildcard" && matchesHost(parsed.pattern, name);
}

class Groups<Block> {
  readonly #parent: Map<Block, Block>;

  constructor(blocks: readonly Block[]) {
    this.#parent = new Map(blocks.map((block) => [block, block]));
  }

  join(a: Block, b: Block): void {
    this.#parent.set(this.#root(b), this.#root(a));
  }

  all(): Block[][] {
    const groups = new Map<Block, Block[]>();
    for (const block of this.#parent.keys()) {
      const root = this.#root(block);
      groups.set(root, [...(groups.get(root) ?? []), block]);
    }
    return [...groups.values()];
  }

  #root(block: Block): Block {
    let root = block;
    for (let next = this.#parent.get(root); next !== undefined && next !== root; next = this.#parent.get(root))
      root = next;
    return root;
  }
}

function named<Block extends NamedBlock>(
  groups: readonly Block[][],
  { isCatchAll, reserved }: Grouping<Block>,
): BlockGroup<Block>[] {
  const taken = new Set<string>([reserved]);
  const ids = new Map<Block[], string>();
  const hostsOfGroup = (group: readonly Block[]) => (group.every(isCatchAll) ? ["*"] : listedHosts(group));
  const naturalId = (group: readonly Block[]) => (group.every(isCatchAll) ? DEFAULT : idFrom(listedHosts(group)));
  const take = (group: Block[], id: string) => {
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
function listedHosts(blocks: readonly NamedBlock[]): string[] {
  const serving = blocks.filter(({ role }) => role.role === "serves");
  return [...new Set([...serving, ...blocks].flatMap((block) => block.hosts))];
}

function idFrom(hosts: readonly string[]): string | undefined {
  const names = hosts.filter((host) => !host.startsWith("~"));
  const first = names.find((host) => !host.startsWith("*")) ?? names[0] ?? "";
  const id = first.replace(/^\*\./, "any.").slice(0, MAX_ID_LENGTH);
  return /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(id) ? id : undefined;
}
