import { existsSync } from "node:fs";
import { isIP } from "node:net";
import type { BoundListener, Explanation } from "../contract/agent.ts";
import type { Config } from "../contract/config.ts";
import { canonicalAddress } from "../core/routing/address-set.ts";
import { explainRequest } from "../core/routing/explain-request.ts";
import { isPlainHost, normaliseHost } from "../core/routing/normalise-host.ts";
import { canonicalPath, normalisePath } from "../core/routing/normalise-path.ts";
import { isAscii, toAsciiHost } from "../core/punycode.ts";
import type { RequestFacts } from "../core/routing/request-facts.ts";
import { compileConfig } from "../core/routing/routing-table.ts";
import { compileHttps } from "../core/tls/https-policy.ts";
import { challengingAuthority } from "../core/tls/site-certificate.ts";
import { done, type Result, refuse } from "../result.ts";
import { GeoFiles } from "../worker/clients/geo-files.ts";
import { fileNameOf } from "../worker/files/file-name.ts";

export interface Question {
  url: string;
  method?: string | undefined;
  /** Address of the visitor; this machine's own when it is left out. */
  from?: string | undefined;
}

/**
 * Who would answer this request, by the same matching that answers real ones. Refuses with
 * `options.invalid`.
 */
export function explain(
  config: Config,
  generation: number,
  listeners: readonly BoundListener[],
  question: Question,
): Result<Explanation> {
  const found = /^(https?):\/\/(?:[^/?#]*@)?([^/?#]*)([^?#]*)(?:\?([^#]*))?/i.exec(question.url);
  const host = asciiHost(found?.[2] ?? "");
  const rawPath = canonicalPath(found?.[3] === "" || found?.[3] === undefined ? "/" : escaped(found[3]));
  const path = normalisePath(rawPath);
  if (found === null || host === "" || !isPlainHost(host) || path === undefined) {
    return refuse("options.invalid", "`url` must be a complete address like http://shop.example.com/cart?id=1.", {
      problems: [{ path: "/url", code: "url", message: "not an http or https address" }],
    });
  }
  const method = question.method ?? "GET";
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(method))
    return refuse("options.invalid", "`method` must be a request method like GET.", {
      problems: [{ path: "/method", code: "method", message: "not a method" }],
    });
  const client = question.from === undefined ? "127.0.0.1" : (canonicalAddress(question.from) ?? "");
  if (isIP(client) === 0)
    return refuse("options.invalid", "`from` must be an IP address like 192.0.2.1.", {
      problems: [{ path: "/from", code: "address", message: "not an IP address" }],
    });

  const compiled = compileConfig(config);
  if (!compiled.ok) throw new Error("the active configuration does not compile");
  // Read for this one question: the supervisor does not hold what it seldom needs.
  const geoFiles = new GeoFiles(() => undefined);
  const tls = found[1]?.toLowerCase() === "https";
  const facts: RequestFacts = {
    host: normaliseHost(host),
    path,
    rawPath,
    query: escaped(found[4] ?? ""),
    method,
    peerTrusted: false,
    client,
    get geo() {
      return geoFiles.locate(config.geoFiles, client, Date.now());
    },
    tls,
    listener: listenerOf(host, listeners),
    header: (name) => (name === "host" ? host : undefined),
    exists: (file) => existsSync(fileNameOf(file)),
    hasPass: () => false,
  };
  const explained = explainRequest(compiled.table, facts);
  const before =
    challengingAuthority(compiled.table, facts) !== undefined
      ? { rule: null, handler: "acme", status: 200 }
      : ledToHttps(config, explained.answer.virtualHost, facts);
  const answer = { ...explained.answer, ...before };
  return done({ url: question.url, method, generation, ...explained, answer });
}

/** Before its rules, a site leads visitors without TLS to it. */
function ledToHttps(config: Config, id: string, facts: RequestFacts): Partial<Explanation["answer"]> {
  const virtualHost = config.virtualHosts.find((candidate) => candidate.id === id);
  const listeners = new Set(config.listeners.map(({ name }) => name));
  const policy = virtualHost && compileHttps(virtualHost, "", { listeners, site: id, problems: [] });
  return policy?.locate(facts) === undefined ? {} : { rule: null, handler: "redirectToHttps", status: policy.status };
}

/**
 * As browsers send what people write: names in Punycode, other characters than ASCII as escapes of
 * their UTF-8.
 */
function asciiHost(host: string): string {
  return isAscii(host) ? host : toAsciiHost(host);
}

function escaped(text: string): string {
  return text.replace(/[^\0-\x7f]+/g, (characters) => encodeURIComponent(characters.toWellFormed()));
}

/**
 * The listener that the address names by its port; the first one when none does, as behind a proxy.
 */
function listenerOf(host: string, listeners: readonly BoundListener[]): string {
  const port = Number(/:(\d+)$/.exec(host)?.[1] ?? 0);
  return (listeners.find((listener) => listener.port === port) ?? listeners[0])?.name ?? "";
}
