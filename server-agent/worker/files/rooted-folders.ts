/** Folders whose name has parts of the host: one for each site of many. */
import { hostGroups } from "../../core/routing/host-pattern.ts";
import type { RequestFacts } from "../../core/routing/request-facts.ts";
import { BoundedMap } from "../clients/bounded-map.ts";

/** Beyond this, those used longest ago are made anew when they are asked for. */
const MAX_FOLDERS = 1000;
/** One segment of a path, and no hidden one. */
const SAFE = /^[a-z0-9_-][a-z0-9._-]*$/;

/** Name of the folder; undefined where the host has a part that is none of a name. */
export type RootOf = (facts: RequestFacts) => string | undefined;

/** @param hosts Those of the virtual host. */
export function compileRoot(root: string, hosts: readonly string[]): RootOf {
  if (!root.includes("${")) return () => root;
  const groupOf = hostGroups(hosts);
  return ({ host }) => {
    const parts = [...root.matchAll(/\$\{host([1-9]?)\}/g)].map(([, group = ""]) =>
      group === "" ? host : groupOf(host, Number(group)),
    );
    if (!parts.every((part) => SAFE.test(part))) return undefined;
    let index = 0;
    return root.replace(/\$\{host[1-9]?\}/g, () => parts[index++] ?? "");
  };
}

/** What is made of each folder once. */
export function perFolder<Folder>(
  root: string,
  hosts: readonly string[],
  make: (root: string) => Folder,
): (facts: RequestFacts) => Folder | undefined {
  const rootOf = compileRoot(root, hosts);
  if (!root.includes("${")) {
    const only = make(root);
    return () => only;
  }
  const folders = new BoundedMap<Folder & {}>(MAX_FOLDERS);
  return (facts) => {
    const name = rootOf(facts);
    if (name === undefined) return undefined;
    let folder = folders.get(name);
    if (folder === undefined) folders.set(name, (folder = make(name) as Folder & {}));
    return folder;
  };
}
