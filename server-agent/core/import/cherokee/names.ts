/** For which hosts a virtual server answers: `nick` and `match`. */
import type { Condition } from "../../../contract/condition.ts";
import { parseHostPattern } from "../../routing/host-pattern.ts";
import { quote } from "../../wording.ts";
import { escapeRegex } from "../document/match.ts";
import type { Node } from "./tree.ts";

export interface Names {
  readonly hosts: string[];
  readonly when?: Condition;
  /** Not by its nickname alone. */
  readonly hasMatch: boolean;
}

/** @param listeners By the number of their bind. */
export function hostsOf(node: Node, listeners: ReadonlyMap<string, readonly string[]>): Names {
  const match = node.at("match");
  const nick = node.at("nick");
  const nickHost = hostOf(nick?.value ?? "");
  // A switch below `match` alone is no `match`.
  if (match === undefined || match.value === "") {
    match?.rest((entry) => {
      entry.left("Cherokee ignores it");
    });
    if (nickHost === undefined) nick?.entry?.left(`${quote(nick.value)} is not a host name, so no request matches it`);
    else nick?.carried(`the host ${quote(nickHost)}`);
    return { hosts: nickHost === undefined ? [] : [nickHost], hasMatch: false };
  }
  const { hosts, when } = matched(match, listeners);
  match.rest((entry) => {
    entry.carried("`hosts`");
  });
  if (nickHost !== undefined && when === undefined) {
    nick?.carried(`the id, and the host ${quote(nickHost)}`);
    hosts.push(nickHost);
  } else nick?.carried("the id");
  return { hosts: [...new Set(hosts)], hasMatch: true, ...(when === undefined ? {} : { when }) };
}

function matched(
  match: Node,
  listeners: ReadonlyMap<string, readonly string[]>,
): { hosts: string[]; when?: Condition } {
  switch (match.value) {
    case "wildcard":
      return { hosts: entriesOf(match, "domain").flatMap((domain) => carried(domain, wildcard(domain.value))) };
    case "rehost":
      return { hosts: entriesOf(match, "regex").flatMap((regex) => carried(regex, `~${regex.value}`)) };
    case "v_or": {
      const sides = [match.at("left"), match.at("right")].flatMap((side) =>
        side === undefined ? [] : [{ side, made: matched(side, listeners) }],
      );
      for (const { side, made } of sides)
        if (made.when !== undefined)
          side.rest((entry) => {
            entry.left("it combines an address of the server with a name; write two virtual hosts");
          });
      return { hosts: sides.flatMap(({ made }) => (made.when === undefined ? made.hosts : [])) };
    }
    case "target_ip": {
      const names = match
        .list("to")
        .flatMap((address) => [...listeners.values()].flat().filter((name) => name.endsWith(`-${address}`)));
      if (names.length > 0) return { hosts: ["~.*"], when: { listener: names } };
      match.rest((entry) => {
        entry.left("no listener has this address alone; name it in a listener, and use the condition `listener`");
      });
      return { hosts: [] };
    }
    default:
      match.rest((entry) => {
        entry.left(`the match ${quote(match.value)} is not supported`);
      });
      return { hosts: [] };
  }
}

function entriesOf(match: Node, key: string): Node[] {
  return (match.at(key)?.byNumber() ?? []).reverse();
}

function carried(node: Node, host: string): string[] {
  const parsed = parseHostPattern(host);
  if (!parsed.ok) {
    node.entry?.left(parsed.message);
    return [];
  }
  const ignoresCase = host.startsWith("~") && /[a-z]/i.test(host);
  if (ignoresCase) node.entry?.changed(`the host ${quote(host)}, which ignores case`);
  else node.carried(`the host ${quote(host)}`);
  return [host];
}

/** `*` stands for any characters in Cherokee, dots too, and `?` for one. */
function wildcard(domain: string): string {
  if (/^(?:\*\.)?[^*?]+$/.test(domain)) return domain.toLowerCase();
  return `~^${escapeRegex(domain).replaceAll("\\*", ".*").replaceAll("\\?", ".")}$`;
}

function hostOf(nick: string): string | undefined {
  const name = nick.toLowerCase();
  return /^[a-z0-9][a-z0-9._-]*$/.test(name) && parseHostPattern(name).ok ? name : undefined;
}
