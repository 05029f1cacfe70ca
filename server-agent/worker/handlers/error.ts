import type { Handler } from "../../contract/handler.ts";
import type { CompiledHandler } from "../exchange.ts";

/** Answers every request with one status and the site's error page for it. */
export function compileError({ status }: Extract<Handler, { type: "error" }>): CompiledHandler {
  return {
    answer(exchange) {
      exchange.fail(status);
    },
  };
}
