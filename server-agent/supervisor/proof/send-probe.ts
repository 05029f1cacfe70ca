import { isIP } from "node:net";
import { ANSWERED_BY_HEADER, PROOF_HEADER } from "../../core/proof/headers.ts";
import type { Observed, Probe } from "../../core/proof/proof-cell.ts";
import type { ClientRequest, RequestOptions } from "node:http";
import { request } from "../../node-http.ts";
import { pageSourceToken } from "../../worker/page-source.ts";

/** Loaded where somebody speaks TLS. */
function requestTls(options: RequestOptions & { servername?: string }): ClientRequest {
  return process.getBuiltinModule("node:https").request(options);
}

/** Enough of a body to see that there is one. */
const MAX_BODY_BYTES = 64 * 1024;

/**
 * Sends one request of the agent itself, on a connection of its own. The token makes the worker
 * tell who answered, and leave the request out of all counts.
 */
export function askProbe(
  { address, port, tls, foreign, method, target, headers }: Omit<Probe, "cell" | "expect">,
  proofToken: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Observed> {
  return new Promise((resolve) => {
    const token = foreign === undefined ? proofToken : pageSourceToken(proofToken);
    const call = (tls ? requestTls : request)({
      host: address,
      port,
      method,
      path: target,
      headers: { ...headers, [PROOF_HEADER]: token, connection: "close" },
      agent: false,
      // Whether its certificate is good is not what is asked here.
      ...(tls ? { servername: nameOf(headers.host), rejectUnauthorized: false } : {}),
      signal,
    });
    const timer = setTimeout(() => call.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
    const settle = (observed: Observed): void => {
      clearTimeout(timer);
      resolve(observed);
      call.destroy();
    };
    call.once("response", (response) => {
      let body = "";
      const finish = (): void => {
        const fields = Object.fromEntries(
          Object.entries(response.headers).map(([name, value]) => [
            name,
            Array.isArray(value) ? value.join(", ") : value,
          ]),
        );
        settle({ status: response.statusCode ?? 0, headers: fields, body, answeredBy: fields[ANSWERED_BY_HEADER] });
      };
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body += chunk;
        if (body.length >= MAX_BODY_BYTES) finish();
      });
      response.once("end", finish);
      response.once("error", (failure) => settle({ error: failure.message }));
    });
    call.on("error", (failure) => settle({ error: failure.message }));
    call.end();
  });
}

/** The name that TLS asks for (SNI, RFC 6066, 3): no address, and no port. */
function nameOf(host: string | undefined): string {
  const name = (host ?? "").replace(/:\d+$/, "");
  return isIP(name.replace(/^\[|\]$/g, "")) === 0 ? name : "";
}
