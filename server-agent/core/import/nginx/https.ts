/** Server blocks that do nothing but lead visitors to HTTPS. */
import type { Statement } from "../document/statements.ts";

const OF_NO_ACCOUNT = new Set(["listen", "server_name", "access_log", "error_log", "root", "server_tokens", "http2"]);
const TO_HTTPS = /^https:\/\/(?:\$(?:http_)?host|\$server_name|[\w.-]+)\$(?:request_uri|uri)$/;

/**
 * With which status, if a block leads everybody to the same address with HTTPS.
 *
 * @param secure For each of its listeners, whether it speaks TLS.
 */
export function redirectsToHttps(
  { body = [] }: Statement,
  hosts: readonly string[],
  secure: readonly boolean[],
): 301 | 308 | undefined {
  if (secure.includes(true)) return undefined;
  const rest = body.filter((statement) => !OF_NO_ACCOUNT.has(statement.name) && !isForCertificates(statement));
  const status = rest.map((statement) => statusOf(statement, hosts)).find((found) => found !== undefined);
  const isOnly = rest.every((statement) => statusOf(statement, hosts) !== undefined || isEnd(statement));
  return isOnly ? status : undefined;
}

/** It answers the questions of an authority, which come without TLS, and are answered still. */
export function isForCertificates({ name, args }: Statement): boolean {
  return name === "location" && args.join(" ").includes("/.well-known/acme-challenge");
}

/** As certbot writes it: for each name, and 404 for the others. */
function isEnd({ name, args }: Statement): boolean {
  return name === "return" && args.join(" ") === "404";
}

function statusOf({ name, args, body = [] }: Statement, hosts: readonly string[]): 301 | 308 | undefined {
  if (name === "location" && args.join(" ") === "/" && body.length === 1)
    return body[0] === undefined ? undefined : statusOf(body[0], hosts);
  if (name === "if") {
    const host = /^\(\$host = ([\w.-]+)\)$/.exec(args.join(" "))?.[1];
    const [only] = body;
    return host !== undefined && hosts.includes(host) && body.length === 1 && only !== undefined
      ? statusOf(only, hosts)
      : undefined;
  }
  if (name !== "return" || !TO_HTTPS.test(args[1] ?? "")) return undefined;
  const target = /^https:\/\/([\w.-]+)\$/.exec(args[1] ?? "")?.[1];
  if (target !== undefined && hosts.join() !== target) return undefined;
  return args[0] === "308" || args[0] === "307" ? 308 : 301;
}
