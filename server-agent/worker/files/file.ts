/** The `file` handler: files below a folder, to GET and HEAD. */
import type { Handler } from "../../contract/handler.ts";
import type { CompiledHandler, Exchange } from "../exchange.ts";
import { FileFolder } from "./file-folder.ts";
import type { Miss } from "./file-lookup.ts";
import { compileMount } from "./mount.ts";
import { perFolder } from "./rooted-folders.ts";

const ALLOW = "GET, HEAD, OPTIONS";

/** @param hosts Those of the virtual host, for a root that has parts of them. */
export function compileFile(
  handler: Extract<Handler, { type: "file" }>,
  hosts: readonly string[] = [],
): CompiledHandler {
  const serve = compileServing(handler, hosts, answerMiss);
  return {
    answer: (exchange) => {
      if (takesMethod(exchange)) return serve(exchange);
    },
  };
}

type FileHandler = Extract<Handler, { type: "file" | "common" }>;
type OnMiss = (exchange: Exchange, miss: Miss) => void | Promise<void>;

/** Sends a file, or the one that stands in where there is none; else leaves it to `onMiss`. */
export function compileServing(
  { type, root, index, mount, fallback, mediaTypes }: FileHandler,
  hosts: readonly string[],
  onMiss: OnMiss,
): (exchange: Exchange) => void | Promise<void> {
  const folderOf = perFolder(root, hosts, (name) => new FileFolder(name, { index, mediaTypes, asksRules: true }));
  const pathOf = compileMount(mount);
  return (exchange) => {
    const folder = folderOf(exchange.facts);
    if (folder === undefined) return onMiss(exchange, { kind: "missing" });
    const otherwise = (miss: Miss): void | Promise<void> => {
      const isNothing = miss.kind === "missing" || (miss.kind === "folder" && type === "file");
      if (fallback === undefined || !isNothing) return onMiss(exchange, miss);
      return folder.serve(exchange, fallback, (second) => onMiss(exchange, second));
    };
    const path = pathOf(exchange.facts);
    return typeof path === "string" ? folder.serve(exchange, path, otherwise) : otherwise(path);
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
