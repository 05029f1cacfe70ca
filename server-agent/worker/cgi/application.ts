/**
 * The handlers `fastcgi`, `scgi` and `uwsgi`: pass requests on to an application with the variables
 * of CGI.
 */
import type { CompiledHandler, HandlerContext } from "../exchange.ts";
import { bufferBody } from "../proxy/buffered-body.ts";
import { ProxiedRequest } from "../proxy/proxied-request.ts";
import { type ApplicationHandler, DIALECTS, sizeOf } from "./dialects.ts";
import { compilePrograms } from "./programs.ts";

/** Throws when the configuration has no such upstream. */
export function compileApplication(handler: ApplicationHandler, context: HandlerContext): CompiledHandler {
  const { upstream, upstreams, log } = context;
  if (upstream === undefined)
    throw new Error(
      `there is no upstream ${JSON.stringify(handler.upstream)}; add it to \`upstreams\` or name another one`,
    );
  const pool = upstreams.acquire(handler.upstream, upstream, log);
  const dialect = DIALECTS[handler.type];
  return {
    answer: compilePrograms(handler, log, ({ exchange, variables, body, wire }) => {
      if (sizeOf(variables) > dialect.maxBytes) {
        exchange.fail(431);
        return;
      }
      const maxBytes = wire.hasBody ? upstream.bufferRequests?.maxBytes : undefined;
      bufferBody(exchange, maxBytes, (buffered) => {
        const own = {
          ...wire,
          buffered,
          body: dialect.body,
          stickyCookie: (target: string) => pool.cookieFor(target, exchange.facts),
          head: ({ keepsIdle }: { keepsIdle: boolean }) => dialect.write({ variables, keepsIdle, body }),
        };
        pool.dispatch(new ProxiedRequest(exchange, own, log));
      });
    }),
    close() {
      upstreams.release(handler.upstream, upstream);
    },
  };
}
