/**
 * One request with exactly this path and these headers on a fresh connection, and all of its
 * response.
 */
import { once } from "node:events";
import { request as openRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";

export interface Asked {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
  /** False when the connection broke before the end of the response. */
  readonly complete: boolean;
}

export interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer;
}

export async function ask(
  port: number,
  path: string,
  { method = "GET", headers = {}, body }: Question = {},
): Promise<Asked> {
  const request = openRequest({ host: "127.0.0.1", port, path, method, headers: { ...headers }, agent: false });
  request.end(body);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const parts: Buffer[] = [];
  response.on("data", (part: Buffer) => parts.push(part)).on("error", () => undefined);
  // Not `once`, which rejects when the connection breaks: that is told by `complete`.
  await new Promise<void>((resolve) => {
    response.on("close", () => {
      resolve();
    });
  });
  const whole = Buffer.concat(parts);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: whole,
    text: whole.toString(),
    complete: response.complete,
  };
}
