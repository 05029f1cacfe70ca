/** `Listen`, and the addresses of `<VirtualHost>`, as listeners. */
import type { Listener } from "../../../contract/config.ts";
import { canonicalAddress } from "../../routing/address-set.ts";
import type { Draft } from "../document/draft.ts";
import { listenerName } from "../document/listener-name.ts";
import type { Statement } from "../document/statements.ts";

/** @param listen `Listen [ADDRESS:]PORT` */
export function addListeners(listen: Statement, draft: Draft): void {
  const [, host = "", port = ""] = /^(?:(.*):)?(\d+)$/.exec(listen.args[0] ?? "") ?? [];
  const address = canonicalAddress(host.replace(/^\[(.*)\]$/, "$1"));
  const isAll = host === "" || host === "*" || address === "::";
  const addresses = isAll ? ["0.0.0.0", "::"] : address === undefined ? [] : [address];
  if (port === "" || addresses.length === 0) listen.entry.left("a listener needs an address and a port");
  else listen.entry.carried("a listener");
  if (port !== "") for (const each of addresses) addListener(draft, listen, each, Number(port));
}

/** On which visitors come to a site. @param host `<VirtualHost ADDRESS:PORT …>` */
export function listenersOf(host: Statement, draft: Draft): Listener[] {
  const found = host.args.flatMap((text) => {
    const [, address = text, port = "*"] = /^(.*):(\d+|\*)$/.exec(text) ?? [];
    const bare = canonicalAddress(address.replace(/^\[(.*)\]$/, "$1"));
    const isAll = /^(?:\*|_default_)$/.test(address);
    const fitting = draft.listeners.filter(
      (each) =>
        (port === "*" || each.port === Number(port)) &&
        (isAll || bare === undefined || each.address === bare || /^(?:0\.0\.0\.0|::)$/.test(each.address)),
    );
    // A part of a configuration has no `Listen`.
    if (fitting.length > 0 || draft.listeners.length > 0 || port === "*") return fitting;
    return (isAll ? ["0.0.0.0", "::"] : [bare ?? "0.0.0.0"]).map((each) =>
      addListener(draft, host, each, Number(port)),
    );
  });
  if (found.length === 0) host.entry.left("no listener has its address, so no request reaches it");
  return [...new Set(found)];
}

function addListener(draft: Draft, statement: Statement, address: string, port: number): Listener {
  const known = draft.listeners.find((each) => each.address === address && each.port === port);
  if (known !== undefined) return known;
  const isSecure = statement.args.includes("https") || port === 443;
  const listener: Listener = { name: draft.id(listenerName(isSecure, address, port)), address, port };
  draft.listeners.push(draft.from([statement.entry], listener));
  return listener;
}
