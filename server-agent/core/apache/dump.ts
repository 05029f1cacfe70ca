/**
 * Takes apart what Apache says of itself (`-t -D DUMP_INCLUDES -D DUMP_VHOSTS -D DUMP_RUN_CFG
 * -D DUMP_MODULES`): which file is read where, which virtual hosts there are, what is loaded.
 */

/** A file, and those that it includes, in the order in which they were read. */
export interface ReadFileNode {
  readonly path: string;
  readonly included: ReadFileNode[];
}

/** A virtual host on one of its addresses. */
export interface DumpedHost {
  /** As `*:80`, in the words of Apache. */
  readonly address: string;
  readonly file: string;
  readonly line: number;
  /** It answers names there that no virtual host has. */
  readonly isDefault: boolean;
  /** It is made from a macro, that is used there. */
  readonly isMacro: boolean;
  /** As far as Apache tells them: all of its own where it shares the address. */
  readonly names: string[];
}

export interface Dump {
  /** The main file; undefined where Apache did not say. */
  readonly main: ReadFileNode | undefined;
  /** In the order in which Apache looks at them. */
  readonly hosts: readonly DumpedHost[];
  readonly serverRoot: string;
  /** As `rewrite_module`. */
  readonly modules: ReadonlySet<string>;
}

export function readDump(text: string): Dump {
  const hosts: DumpedHost[] = [];
  const modules = new Set<string>();
  const open: ReadFileNode[] = [];
  let main: ReadFileNode | undefined;
  let address = "";
  let serverRoot = "/";
  for (const line of text.split("\n")) {
    const [, indent = "", number, path] = /^((?: {2})+)\((\*|\d+)\) (.*)$/.exec(line) ?? [];
    if (path !== undefined) {
      const depth = indent.length / 2 - 1;
      const node: ReadFileNode = { path, included: [] };
      if (number === "*") main = node;
      else open[depth - 1]?.included.push(node);
      open.length = depth;
      open.push(node);
      continue;
    }
    const loaded = /^ (\S+_module) \((?:static|shared)\)$/.exec(line)?.[1];
    if (loaded !== undefined) modules.add(loaded);
    serverRoot = /^ServerRoot: "(.*)"$/.exec(line)?.[1] ?? serverRoot;
    const shared = /^(\S+:(?:\d+|\*))\s+is a NameVirtualHost$/.exec(line)?.[1];
    if (shared !== undefined) address = shared;
    const [, name, place] = /^\s+port (?:\d+|\*) namevhost (\S+) \((.*)\)$/.exec(line) ?? [];
    if (name !== undefined && place !== undefined) {
      const isDefault = !hosts.some((host) => host.address === address);
      hosts.push({ address, isDefault, names: [name], ...placeOf(place) });
    }
    const alias = /^\s+(?:wild )?alias (\S+)$/.exec(line)?.[1];
    if (alias !== undefined) hosts.at(-1)?.names.push(alias);
    const [, alone, only, where] = /^(\S+:(?:\d+|\*))\s+(?!is a )(\S+) \((.*)\)$/.exec(line) ?? [];
    if (alone !== undefined && only !== undefined && where !== undefined)
      hosts.push({ address: alone, isDefault: true, names: [only], ...placeOf(where) });
  }
  return { main, hosts, serverRoot, modules };
}

/** `FILE:LINE`, or for a macro where it is defined and used. */
function placeOf(text: string): Pick<DumpedHost, "file" | "line" | "isMacro"> {
  const used = /^macro '.*\bused on line (\d+) of "(.*)":\d+$/.exec(text);
  if (used !== null) return { file: used[2] ?? "", line: Number(used[1]), isMacro: true };
  const end = text.lastIndexOf(":");
  return { file: text.slice(0, end), line: Number(text.slice(end + 1)), isMacro: false };
}

/** Every file, the main one first. */
export function filesOf(main: ReadFileNode | undefined): string[] {
  if (main === undefined) return [];
  return [...new Set([main.path, ...main.included.flatMap(filesOf)])];
}
