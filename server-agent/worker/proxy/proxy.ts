/** The `proxy` handler: passes requests on to an upstream. */
import type { Config } from "../../contract/config.ts";
import type { Handler } from "../../contract/handler.ts";
import type { CompiledHandler } from "../exchange.ts";
import { ProxiedRequest } from "./proxied-request.ts";
import type { UpstreamPools } from "../upstream/upstream-pools.ts";
import { relayWebSocket } from "./websocket-relay.ts";

export interface ProxyContext {
  readonly config: Config;
  readonly upstreams: UpstreamPools;
  /** Adds a line to the agent's log. */
  log(line: string): void;
}

/** Throws when the configuration has no such upstream. */
export function compileProxy(handler: Extract<Handler, { type: "proxy" }>, context: ProxyContext): CompiledHandler {
  const definition = context.config.upstreams?.[handler.upstream];
  if (definition === undefined)
    throw new Error(
      `there is no upstream ${JSON.stringify(handler.upstream)}; add it to \`upstreams\` or name another one`,
    );
  const { upstreams } = context;
  const log = (line: string): void => {
    context.log(line);
  };
  const pool = upstreams.acquire(definition, log);
  const preserveHost = handler.preserveHost ?? true;
  return {
    answer: (exchange) => {
      pool.dispatch(new ProxiedRequest(exchange, preserveHost, log));
    },
    upgrade: (exchange, socket, head) => {
      relayWebSocket(exchange, socket, head, pool, preserveHost, log);
    },
    close: () => {
      upstreams.release(definition);
    },
  };
}
