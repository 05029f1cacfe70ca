/** From a compiled virtual host to a site that answers. */
import type { Config, VirtualHost } from "../contract/config.ts";
import type { Problem } from "../contract/errors.ts";
import type { Handler } from "../contract/handler.ts";
import { accessLogOf } from "../core/access-log/access-log-of.ts";
import { isPassedOn, upstreamOf } from "../core/upstream-of.ts";
import type { CompiledVirtualHost } from "../core/routing/rule-matches.ts";
import { compileHttps } from "../core/tls/https-policy.ts";
import { messageOf } from "../log.ts";
import type { AccessLogs } from "./access-log/access-logs.ts";
import { compileAuth } from "./auth/authenticator.ts";
import { RateLimiter } from "./clients/rate-limiter.ts";
import { compileHandler } from "./compile-handler.ts";
import { compileErrorPages } from "./handlers/error-page.ts";
import type { HandlerContext, HostTotals } from "./exchange.ts";
import type { ServingRule, Site } from "./site.ts";

/** What sites need from the worker. */
export interface SiteContext extends Pick<HandlerContext, "upstreams" | "log"> {
  /** Secret that all workers share. */
  readonly authKey: string;
}

export interface ServeOptions {
  readonly logs: AccessLogs;
  readonly context: SiteContext;
  readonly upstreams: Config["upstreams"];
  /** That of the document. */
  readonly accessLog: Config["accessLog"];
  /** Names of the document's listeners. */
  readonly listeners: ReadonlySet<string>;
  readonly totals: HostTotals;
  /** Collects what is wrong. */
  readonly problems: Problem[];
}

/** @param index Of the virtual host in its document, for problems. */
export function serveSite(compiled: CompiledVirtualHost, index: number, options: ServeOptions): Site {
  const { id, site, config } = compiled;
  const { context, logs, problems, totals } = options;
  const accessLog = accessLogOf(config, options);
  const rules = config.disabled === true ? [] : compiled.rules;
  const serving = rules.map((rule): ServingRule | undefined => {
    const { handler } = rule.config;
    if (handler === undefined || handler.type === "rewrite") return undefined;
    try {
      const own = contextOf(handler, config, options);
      const takesBody = isPassedOn(handler);
      return {
        handler: compileHandler(handler, own),
        takesBody,
        handsBack: handler.type === "foreign",
        closes: handler.type === "maintenance",
        index: rule.index,
      };
    } catch (failure) {
      problems.push({
        path: `/virtualHosts/${String(index)}/rules/${String(rule.index)}/handler`,
        code: "handler.refused",
        message: `the ${handler.type} handler cannot serve: ${messageOf(failure)}`,
      });
      return undefined;
    }
  });
  return {
    id,
    site,
    compiled,
    rules: serving,
    https: compileHttps(config, `/virtualHosts/${String(index)}`, { listeners: options.listeners, site, problems }),
    authenticators: new Map(
      rules.flatMap(({ config: { auth } }) =>
        auth === undefined ? [] : [[auth, compileAuth(auth, context.authKey, context.log)]],
      ),
    ),
    limiters: new Map(
      rules.flatMap(({ config: { rateLimit } }) =>
        rateLimit === undefined ? [] : [[rateLimit, new RateLimiter(rateLimit)]],
      ),
    ),
    errorPages: compileErrorPages(config.errorPages, context.log),
    log: accessLog === undefined ? undefined : logs.open(accessLog),
    totals,
    figures: undefined,
    users: 1,
  };
}

/**
 * What concerns this handler and nothing more: a handler lives as long as its longest request, and
 * what it knows of lives as long.
 */
function contextOf(
  handler: Handler,
  virtualHost: VirtualHost,
  { context: { upstreams, log }, upstreams: definitions, totals }: ServeOptions,
): HandlerContext {
  const upstream = definitions?.[upstreamOf(handler)?.name ?? ""];
  return { upstream, virtualHost, totals, upstreams, log };
}
