import type { CompiledHandler } from "../exchange.ts";

/** Closes the connection without an answer. */
export function compileDrop(): CompiledHandler {
  return {
    answer({ response }) {
      response.drop();
    },
  };
}
