/** `source!N` and the balancers of handlers, as upstreams. */
import type { Upstream } from "../../../contract/upstream.ts";
import { quote } from "../../wording.ts";
import { parseTarget } from "../../config/upstream-target.ts";
import type { Draft } from "../document/draft.ts";
import type { Entry } from "../document/report.ts";
import type { Node } from "./tree.ts";

export type Protocol = "http" | "fcgi" | "scgi" | "uwsgi";

const BALANCES: Readonly<Record<string, NonNullable<Upstream["balance"]>>> = {
  ip_hash: { hash: "client" },
  round_robin: "roundRobin",
};

/**
 * The upstream behind a handler; undefined where no target can be named, which is reported.
 *
 * @param handler `handler` of a rule, with its `balancer`.
 */
export function upstreamFor(
  handler: Node,
  protocol: Protocol,
  sources: Node | undefined,
  draft: Draft,
): string | undefined {
  const balancer = handler.at("balancer");
  const used = (balancer?.at("source")?.byNumber() ?? []).reverse();
  const targets: string[] = [];
  const entries: Entry[] = [];
  const names: string[] = [];
  for (const reference of used) {
    const source = sources?.at(reference.value);
    const target = source === undefined ? undefined : targetOf(source, protocol);
    if (source === undefined || target === undefined) {
      reference.entry?.left(`source ${reference.value} has no address that a target can use`);
      source?.rest((entry) => {
        entry.left("it cannot become a target");
      });
      continue;
    }
    targets.push(target);
    names.push(source.text("nick") || `source-${source.key}`);
    entries.push(...source.entries(), ...(reference.entry === undefined ? [] : [reference.entry]));
    reportSource(source, target);
    reference.carried(`target ${target}`);
  }
  const [name] = names;
  if (name === undefined) return undefined;
  const keepAlive = protocol === "http" ? Number(handler.text("reuse_max") || "NaN") : NaN;
  const all = [...new Set(targets)];
  const balance = BALANCES[balancer?.value ?? ""];
  const upstream: Upstream = {
    // Cherokee goes on to the next only when the first ones fail.
    targets: all.map((url, index) => (balancer?.value === "failover" && index > 0 ? { url, backup: true } : url)),
    ...(balance === undefined || balance === "roundRobin" || all.length < 2 ? {} : { balance }),
    ...(keepAlive >= 0 && keepAlive <= 10_000 ? { keepAlive } : {}),
  };
  const id = draft.upstream(name, upstream, entries);
  reportBalancer(balancer, id, used.length);
  return id;
}

function reportBalancer(balancer: Node | undefined, id: string, targets: number): void {
  if (targets < 2 || balancer?.value === "failover" || BALANCES[balancer?.value ?? ""] !== undefined)
    balancer?.carried(`upstream ${id}`);
  else balancer?.entry?.changed(`upstream ${id}: \`roundRobin\` instead of ${quote(balancer.value)}`);
}

function reportSource(source: Node, target: string): void {
  const type = source.text("type");
  for (const part of source.children.values()) {
    if (["host", "nick"].includes(part.key) || (part.key === "type" && type === "host"))
      part.carried(`target ${target}`);
    else
      part.rest((entry) => {
        entry.left(
          part.key === "type" || part.key === "interpreter"
            ? `the agent starts no applications; let systemd start it, so that it listens at ${target}`
            : "the application must be started with it",
        );
      });
  }
}

/** Undefined for what is no address, such as an abstract socket (`@name`). */
function targetOf(source: Node, protocol: Protocol): string | undefined {
  const host = source.text("host");
  const isBareIpv6 = /^[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*$/i.test(host);
  const target = `${protocol}://${host.startsWith("/") ? `unix:${host}` : isBareIpv6 ? `[${host}]` : host}`;
  return parseTarget(target) === undefined ? undefined : target;
}
