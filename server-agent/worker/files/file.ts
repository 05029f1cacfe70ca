/** The `file` handler: files below a folder, to GET and HEAD. */
import type { Handler } from "../../contract/handler.ts";
import { filePathOf } from "../../core/routing/file-path.ts";
import type { CompiledHandler, Exchange } from "../exchange.ts";
import { FileFolder } from "./file-folder.ts";
import type { Miss } from "./file-lookup.ts";

const ALLOW = "GET, HEAD, OPTIONS";

export function compileFile(handler: Extract<Handler, { type: "file" }>): CompiledHandler {
  const folder = new FileFolder(handler.root, handler.index);
  return {
    answer: (exchange) => {
      if (!takesMethod(exchange)) return;
      return folder.serve(exchange, filePathOf(exchange.facts), (miss) => {
        answerMiss(exchange, miss);
      });
    },
  };
}

/**
 * Whether the request asks for something to be shown; OPTIONS and all other methods are answered
 * here.
 */
export function takesMethod(exchange: Exchange): boolean {
  const { method } = exchange.facts;
  if (method === "GET" || method === "HEAD") return true;
  if (method === "OPTIONS") {
    exchange.response.writeHead(204, ["Allow", ALLOW]);
    exchange.response.end();
  } else {
    exchange.fail(405, { Allow: ALLOW });
  }
  return false;
}

export function answerMiss(exchange: Exchange, miss: Miss): void {
  switch (miss.kind) {
    case "folder-without-slash":
      redirectToFolder(exchange);
      break;
    case "forbidden":
      exchange.fail(403);
      break;
    case "missing":
    case "folder": // whether there is a folder is nobody's business
      exchange.fail(404);
      break;
  }
}

function redirectToFolder(exchange: Exchange): void {
  const { rawPath, query } = exchange.facts;
  // Exactly one leading slash: `//example.org/` would be another host's address.
  const location = `/${rawPath.replace(/^\/+/, "").replaceAll("\\", "%5C")}/${query === "" ? "" : `?${query}`}`;
  exchange.response.writeHead(301, ["Location", location, "Content-Length", "0"]);
  exchange.response.end();
}
