/**
 * One request of a visitor, bounded in time and size, without credentials; redirects are told, not
 * followed.
 */
import http, { type IncomingHttpHeaders } from "node:http";
import https from "node:https";
import { isIP, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { t } from "../language/translate.ts";
import { messageOf, systemCodeOf } from "../failures.ts";
import type { Seen } from "./judge-answers.ts";
import type { Door } from "./question.ts";

const ANSWER_TIMEOUT_MS = 8000;
/** Enough to know a page by its text. */
const MAX_BODY_BYTES = 128 * 1024;

/**
 * Asks for a page at an address, by the name that a visitor has typed. A certificate that is not
 * good is told beside the answer: what visitors get is to be seen all the same, and nothing secret
 * is sent.
 */
export function knock(
  host: string,
  path: string,
  address: string,
  { port, tls }: Door,
  signal: AbortSignal,
): Promise<Seen> {
  return new Promise((resolve) => {
    const options = {
      host: address,
      port,
      path,
      method: "GET",
      headers: {
        host: hostField(host, port, tls),
        accept: "text/html",
        "accept-encoding": "identity",
        "user-agent": "Backsoon",
        connection: "close",
      },
      agent: false,
      signal,
    } as const;
    const call = tls
      ? https.request({ ...options, servername: isIP(host) === 0 ? host : "", rejectUnauthorized: false })
      : http.request(options);
    const timer = setTimeout(
      () => call.destroy(new Error(t("no answer within {seconds} s", { seconds: ANSWER_TIMEOUT_MS / 1000 }))),
      ANSWER_TIMEOUT_MS,
    );
    const settle = (seen: Seen): void => {
      clearTimeout(timer);
      resolve(seen);
      call.destroy();
    };
    call.once("response", (response) => {
      const { socket } = response;
      const certificateFault = tls ? faultOf(socket) : undefined;
      let body = "";
      const finish = (): void =>
        settle({ status: response.statusCode ?? 0, headers: plainFields(response.headers), body, certificateFault });
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body += chunk;
        if (body.length >= MAX_BODY_BYTES) finish();
      });
      response.once("end", finish);
      response.once("error", (failure) => settle(failed(failure)));
    });
    call.on("error", (failure) => settle(failed(failure)));
    call.end();
  });
}

function failed(failure: Error): Seen {
  return { code: systemCodeOf(failure) ?? "", message: messageOf(failure) };
}

function faultOf(socket: Socket): string | undefined {
  if (!(socket instanceof TLSSocket) || socket.authorized) return undefined;
  // Node types it as an error; it is the code of one.
  return String(socket.authorizationError);
}

function hostField(host: string, port: number, tls: boolean): string {
  const name = host.includes(":") ? `[${host}]` : host;
  return port === (tls ? 443 : 80) ? name : `${name}:${String(port)}`;
}

function plainFields(headers: IncomingHttpHeaders): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]),
  );
}
