/** Makes a configuration of `cherokee.conf`. */
import type { Listener } from "../../../contract/config.ts";
import { canonicalAddress } from "../../routing/address-set.ts";
import { Draft } from "../document/draft.ts";
import { listenerName } from "../document/listener-name.ts";
import type { ImportFault, Surroundings } from "../document/surroundings.ts";
import { type Node, parseTree } from "./tree.ts";
import { addVirtualHosts } from "./virtual-hosts.ts";

export function importCherokee(
  file: string,
  text: string,
  surroundings: Surroundings,
): { ok: true; draft: Draft } | ImportFault {
  const draft = new Draft();
  const parsed = parseTree(file, text, draft.report, surroundings);
  if (!parsed.ok) return parsed;
  const { tree } = parsed;
  const servers = tree.at("vserver")?.byNumber() ?? [];
  if (servers.length === 0)
    return { ok: false, file, line: 1, message: "it has no `vserver`; is it a `cherokee.conf`?" };
  const listeners = addListeners(tree, draft);
  addVirtualHosts(servers, {
    draft,
    surroundings,
    listeners,
    sources: tree.at("source"),
    mediaTypes: mediaTypesOf(tree.at("mime"), surroundings),
    usesCountries: () => {
      draft.geoFiles = countryFiles(surroundings);
      return draft.geoFiles.length > 0;
    },
    hasTls: draft.listeners.some(({ tls }) => tls !== undefined),
  });
  reportRest(tree);
  return { ok: true, draft };
}

/** @returns names of listeners by the number of their bind. */
function addListeners(tree: Node, draft: Draft): Map<string, string[]> {
  const names = new Map<string, string[]>();
  const binds = (tree.at("server!bind")?.byNumber() ?? []).reverse();
  const everywhere = tree.flag("server!ipv6", true) ? ["0.0.0.0", "::"] : ["0.0.0.0"];
  tree.at("server!ipv6")?.carried("addresses of the listeners");
  for (const bind of binds) {
    const port = Number(bind.text("port") || "80");
    const own = bind.text("interface");
    const addresses = own === "" ? everywhere : [canonicalAddress(own)];
    const isPort = Number.isInteger(port) && port >= 1 && port <= 65_535;
    const added = isPort ? addresses.flatMap((address) => addListener(draft, bind, address, port) ?? []) : [];
    bind.rest((entry) => {
      if (added.length > 0) entry.carried(`the listener ${added.join(" and ")}`);
      else entry.left("a listener needs an address and a port that no other has");
    });
    names.set(bind.key, added);
  }
  if (draft.listeners.length === 0)
    for (const address of everywhere)
      draft.listeners.push({ name: draft.id(listenerName(false, address, 80)), address, port: 80 });
  return names;
}

function addListener(draft: Draft, bind: Node, address: string | undefined, port: number): string | undefined {
  if (address === undefined) return undefined;
  if (draft.listeners.some((other) => other.address === address && other.port === port)) return undefined;
  const isTls = bind.flag("tls", false);
  const name = draft.id(listenerName(isTls, address, port));
  const listener: Listener = { name, address, port, ...(isTls ? { tls: true } : {}) };
  draft.listeners.push(draft.from(bind.entries(), listener));
  return name;
}

/**
 * Cherokee looks into what GeoIP has installed, in a format that is older than MMDB; by the same
 * tools, the newer files come to the same folders.
 */
function countryFiles({ filesIn }: Surroundings): string[] {
  const files = ["/usr/share/GeoIP", "/var/lib/GeoIP"].flatMap(filesIn);
  return files.filter((file) => /(?:country|city)[^/]*\.mmdb$/i.test(file)).slice(0, 1);
}

/** Those that the agent would send otherwise. */
function mediaTypesOf(mime: Node | undefined, { mediaTypeOf }: Surroundings): Record<string, string> {
  const types: Record<string, string> = {};
  for (const type of mime?.children.values() ?? []) {
    const unknown: string[] = [];
    for (const extension of type.list("extensions")) {
      const isKnown = mediaTypeOf(extension).split(";")[0] === type.key;
      if (isKnown) continue;
      if (/^[^./\s]{1,20}$/.test(extension) && /^[\w.+-]+\/[\w.+-]+$/.test(type.key))
        types[extension.toLowerCase()] = type.key;
      else unknown.push(extension);
    }
    const extensions = type.at("extensions");
    if (unknown.length > 0)
      extensions?.entry?.changed(
        `the media type of files, but not of ${unknown.join(", ")}: only what follows the last dot counts`,
      );
    else extensions?.carried("the media type of files");
    type.at("max-age")?.entry?.left("use a rule with the condition `extension` and `cacheControl`");
  }
  return types;
}

const WITHOUT_COUNTERPART: Readonly<Record<string, string>> = {
  admin: "it is about cherokee-admin",
  config: "it is the version of the file",
  icons: "listings of folders have no icons",
  server: "the agent controls this itself",
  source: "no handler uses it",
};

function reportRest(tree: Node): void {
  for (const [key, why] of Object.entries(WITHOUT_COUNTERPART))
    tree.at(key)?.rest((entry) => {
      entry.left(why);
    });
}
