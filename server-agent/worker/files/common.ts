/** The `common` handler: a file where there is one, else the listing of the folder. */
import type { Handler } from "../../contract/handler.ts";
import type { CompiledHandler } from "../exchange.ts";
import { answerMiss, compileServing, takesMethod } from "./file.ts";
import { answerListing } from "./listing.ts";

/** @param hosts Those of the virtual host, for a root that has parts of them. */
export function compileCommon(
  handler: Extract<Handler, { type: "common" }>,
  hosts: readonly string[] = [],
): CompiledHandler {
  const serve = compileServing(handler, hosts, (exchange, miss) => {
    if (miss.kind === "folder") return answerListing(exchange, miss);
    answerMiss(exchange, miss);
    return undefined;
  });
  return {
    answer: (exchange) => {
      if (takesMethod(exchange)) return serve(exchange);
    },
  };
}
