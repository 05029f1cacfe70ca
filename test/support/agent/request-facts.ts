import { NOWHERE, type RequestFacts } from "../../../server-agent/core/routing/request-facts.ts";

export interface FactsOptions extends Partial<Omit<RequestFacts, "header" | "exists" | "hasPass">> {
  headers?: Record<string, string>;
  files?: readonly string[];
  /** Sites that the visitor has a pass for. */
  passes?: readonly string[];
}

/** Facts of a plain GET of `/`, with what a test cares about. */
export function factsOf({ headers = {}, files = [], passes = [], ...rest }: FactsOptions = {}): RequestFacts {
  return {
    host: "shop.example.com",
    path: "/",
    rawPath: (rest.path ?? "/").split("/").map(encodeURIComponent).join("/"),
    query: "",
    method: "GET",
    peerTrusted: false,
    client: "192.0.2.1",
    geo: NOWHERE,
    tls: false,
    listener: "http",
    header: (name) => headers[name],
    exists: (path) => files.includes(path),
    hasPass: (site) => passes.includes(site),
    ...rest,
  };
}
