import type { Handler } from "../../contract/handler.ts";
import { compileAddress } from "../../core/routing/address-template.ts";
import type { CompiledHandler } from "../exchange.ts";

/**
 * Redirects to the address that is made of the request; 404 where none is.
 *
 * @param hosts Those of the virtual host.
 */
export function compileRedirect(
  handler: Extract<Handler, { type: "redirect" }>,
  hosts: readonly string[],
): CompiledHandler {
  const locate = compileAddress(handler, hosts);
  const { status = 302 } = handler;
  return {
    answer(exchange) {
      const location = locate(exchange.facts);
      if (location === undefined) {
        exchange.fail(404);
        return;
      }
      exchange.response.writeHead(status, ["Location", location, "Content-Length", "0"]);
      exchange.response.end();
    },
  };
}
