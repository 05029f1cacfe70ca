/** The `common` handler: a file where there is one, else the listing of the folder. */
import type { Handler } from "../../contract/handler.ts";
import type { CompiledHandler } from "../exchange.ts";
import { answerMiss, compileServing, takesMethod } from "./file.ts";
import { answerListing } from "./listing.ts";

export function compileCommon(handler: Extract<Handler, { type: "common" }>): CompiledHandler {
  const serve = compileServing(handler, (exchange, miss) => {
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
