import { ANSWERED_BY_HEADER, PROOF_HEADER } from "../../core/proof/headers.ts";
import type { Observed, Probe } from "../../core/proof/proof-cell.ts";
import { request } from "../../node-http.ts";

/** Enough of a body to see that there is one. */
const MAX_BODY_BYTES = 64 * 1024;

/**
 * Sends one request of the agent itself, on a connection of its own. The token makes the worker
 * tell who answered, and leave the request out of all counts.
 */
export function askProbe(
  { address, port, method, target, headers }: Pick<Probe, "address" | "port" | "method" | "target" | "headers">,
  token: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Observed> {
  return new Promise((resolve) => {
    const call = request({
      host: address,
      port,
      method,
      path: target,
      headers: { ...headers, [PROOF_HEADER]: token, connection: "close" },
      agent: false,
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
