/** `ProxyPass`: paths that are led to an application. */
import type { Handler } from "../../../contract/handler.ts";
import type { Upstream } from "../../../contract/upstream.ts";
import { parseTarget } from "../../config/upstream-target.ts";
import type { Answer } from "../document/answer.ts";
import type { Draft } from "../document/draft.ts";
import { CLOSED } from "../document/finish.ts";
import { mountedAt } from "../document/mounted.ts";
import type { Entry } from "../document/report.ts";
import type { Statement } from "../document/statements.ts";

/** A path that is led to an application. */
export interface Pass {
  readonly path: string;
  /** Undefined: no application has it (`!`). */
  readonly handler: Answer["handler"] | undefined;
}

/** How a site leads requests to applications. */
export interface Proxying {
  readonly draft: Draft;
  readonly preserveHost: boolean;
  /** Targets by the name of the balancer. */
  readonly balancers: ReadonlyMap<string, readonly string[]>;
}

/** @param statement Of the site or its server: `ProxyPass`, or a `<Location>` with one. */
export function passesOf(statement: Statement, proxying: Proxying): Pass[] {
  const inLocation = statement.name === "location" ? (statement.body ?? []) : [];
  const found = [
    ...(statement.name === "proxypass"
      ? [{ pass: statement, path: statement.args[0] ?? "", args: statement.args.slice(1) }]
      : []),
    ...inLocation
      .filter(({ name }) => name === "proxypass")
      .map((pass) => ({ pass, path: statement.args[0] ?? "", args: pass.args })),
  ];
  for (const each of [statement, ...inLocation])
    if (each.name === "proxypassreverse") each.entry.carried("the handler `proxy`");
  if (statement.name === "proxypassmatch") {
    statement.entry.closed("everything is answered with 403: use `ProxyPass` with a path");
    return [{ path: "/", handler: CLOSED }];
  }
  return found.map(({ pass, path, args }): Pass => {
    if (args[0] === "!") {
      pass.entry.carried("no handler `proxy`");
      return { path, handler: undefined };
    }
    const handler = proxyOf({ ...pass, args }, path, proxying);
    if (typeof handler !== "string") return { path, handler };
    pass.entry.closed(`answered with 403: ${handler}`);
    return { path, handler: CLOSED };
  });
}

/** @returns the handler behind a path, or why not, in words. */
function proxyOf({ args, entry }: Statement, path: string, proxying: Proxying): Handler | string {
  const { draft, preserveHost, balancers } = proxying;
  const [, socket, scheme = "", host = "", rest = ""] =
    /^(?:(unix:[^|]+)\|)?(https?|wss?|fcgi|balancer):\/\/([^/]*)(.*)$/i.exec(args[0] ?? "") ?? [];
  if (scheme === "") return "its target has no scheme that is known here";
  const isSame = rest.replace(/\/+$/, "") === path.replace(/\/+$/, "");
  const mounted = isSame ? { fields: {}, change: undefined } : mountedAt(path, rest);
  if (mounted === undefined)
    return `the application would get ${rest || "/"} for ${path}; write a slash at the end of both, or of none`;
  const protocol = scheme.startsWith("ws") ? scheme.replace("ws", "http") : scheme;
  const members = scheme === "balancer" ? (balancers.get(host) ?? []) : [`${protocol}://${socket ?? host}`];
  const targets = members.filter((target) => parseTarget(target) !== undefined);
  if (protocol === "fcgi") return "scripts are known by their folder; use `SetHandler` with `proxy:fcgi:`";
  if (targets.length === 0) return "it names no target that can be said here";
  if (mounted.change !== undefined && rest.endsWith("/")) entry.changed(mounted.change);
  entry.carried("the handler `proxy`");
  // Apache looks at no certificate unless it is told to.
  const tls = targets.some((target) => target.startsWith("https")) ? { tls: { verify: false } } : {};
  return {
    type: "proxy",
    upstream: upstreamOf({ targets, ...tls }, entry, draft),
    ...mounted.fields,
    preserveHost,
  };
}

/** @returns the name of an upstream of these targets. */
export function upstreamOf(
  upstream: Omit<Upstream, "targets"> & { targets: string[] },
  entry: Entry,
  draft: Draft,
): string {
  const name = (upstream.targets[0] ?? "").replace(/^\w+:\/\/(?:unix:.*\/)?/, "").replace(/:\d+$/, "");
  return draft.upstream(name, upstream, [entry]);
}
