import { type IncomingHttpHeaders, request } from "node:http";
import { askListener } from "../../adapters/ask-listener.ts";
import { ANSWERED_BY_HEADER, PROOF_HEADER } from "../../core/proof/headers.ts";
import type { Observed, Probe } from "../../core/proof/proof-cell.ts";
import { pageSourceToken } from "../../worker/page-source.ts";

/** Enough of a body to see that there is one. */
const MAX_BODY_BYTES = 64 * 1024;

/**
 * Sends one request of the agent itself, on a connection of its own. The token makes the worker
 * tell who answered, and leave the request out of all counts.
 */
export function askProbe(
  probe: Omit<Probe, "cell" | "expect">,
  proofToken: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Observed> {
  if (probe.foreign !== undefined) return askAsVisitor(probe, pageSourceToken(proofToken), timeoutMs);
  if (probe.tls || probe.proxyProtocol) return askAsVisitor(probe, proofToken, timeoutMs);
  const { address, port, method, target, headers } = probe;
  return new Promise((resolve) => {
    const call = request({
      host: address,
      port,
      method,
      path: target,
      headers: { ...headers, [PROOF_HEADER]: proofToken, connection: "close" },
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
        const fields = plainFields(response.headers);
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

/** As visitors come: through TLS, the PROXY protocol, or a web server beside the agent. */
async function askAsVisitor(
  {
    foreign,
    address,
    port,
    tls,
    proxyProtocol,
    version = "1.1",
    method,
    target,
    headers,
  }: Omit<Probe, "cell" | "expect">,
  token: string,
  timeoutMs: number,
): Promise<Observed> {
  const { host = "", ...rest } = headers;
  const answered = await askListener({
    address,
    port,
    tls,
    proxyProtocol,
    host,
    path: target,
    method,
    headers: { ...rest, [PROOF_HEADER]: token },
    version,
    timeoutMs,
  });
  if (!answered.ok) return { error: answered.message };
  const { status, body, certificate } = answered.answer;
  const fields = plainFields(answered.answer.headers);
  const seen = { status, headers: fields, body, answeredBy: fields[ANSWERED_BY_HEADER] };
  // The certificates of a web server are not the agent's to judge.
  return foreign === undefined ? { ...seen, certificate } : seen;
}

function plainFields(headers: IncomingHttpHeaders): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]),
  );
}
