/** The `common` handler: a file where there is one, else the listing of the folder. */
import type { Handler } from "../../contract/handler.ts";
import { filePathOf } from "../../core/routing/file-path.ts";
import type { CompiledHandler } from "../exchange.ts";
import { answerMiss, takesMethod } from "./file.ts";
import { FileFolder } from "./file-folder.ts";
import { answerListing } from "./listing.ts";

export function compileCommon(handler: Extract<Handler, { type: "common" }>): CompiledHandler {
  const folder = new FileFolder(handler.root, handler.index);
  return {
    answer: (exchange) => {
      if (!takesMethod(exchange)) return;
      return folder.serve(exchange, filePathOf(exchange.facts), (miss) => {
        if (miss.kind === "folder") return answerListing(exchange, miss);
        answerMiss(exchange, miss);
        return undefined;
      });
    },
  };
}
