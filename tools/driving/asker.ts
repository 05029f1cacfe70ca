/** Clients of the load tests that ask one question after another, by HTTP/1.1 or by HTTP/2. */
import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { connect, constants, type ClientHttp2Session } from "node:http2";
import { Agent as TlsAgent, request as tlsRequest } from "node:https";
import { text } from "node:stream/consumers";

/** Who is asked. */
export interface AskTarget {
  host: string;
  port: number;
  /** Over TLS, whatever its certificate. */
  tls?: boolean;
  /** Asked by HTTP/2; without TLS by prior knowledge. */
  http2?: boolean;
}

export interface Answer {
  status: number;
  body: string;
  retryAfter: string | undefined;
}

export interface Asker {
  /** Rejects when there is no complete answer. */
  ask(path: string, body?: string): Promise<Answer>;
  close(): void;
}

/** All of a response. Rejects when it is cut short. */
export function collect(response: IncomingMessage): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let body = "";
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => (body += chunk));
    response.on("end", () => {
      if (response.complete)
        resolve({ status: response.statusCode ?? 0, body, retryAfter: response.headers["retry-after"] });
      else reject(new Error("response cut short"));
    });
    response.on("error", reject);
  });
}

/** @param keepAlive Whether it asks again on the same connection. */
export function openAsker(target: AskTarget, keepAlive: boolean): Asker {
  if (target.http2 === true) return http2Asker(target, keepAlive);
  const options = { keepAlive, maxSockets: 1 };
  const agent =
    target.tls === true
      ? new TlsAgent({ ...options, servername: target.host, rejectUnauthorized: false })
      : new Agent(options);
  const send = target.tls === true ? tlsRequest : httpRequest;
  return {
    ask: (path, body) =>
      new Promise((resolve, reject) => {
        const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
        const headers = { host: target.host, accept: "text/html", ...length };
        const method = body === undefined ? "GET" : "POST";
        const request = send({ host: "127.0.0.1", port: target.port, agent, headers, path, method }, (response) => {
          collect(response).then(resolve, reject);
        });
        request.on("error", reject);
        request.end(body);
      }),
    close() {
      agent.destroy();
    },
  };
}

/**
 * As browsers do: many requests at once on one connection, and the next ones on another once this
 * one was announced to end. What the announcement has left out is asked again (RFC 9113, 6.8).
 */
function http2Asker(target: AskTarget, keepAlive: boolean): Asker {
  const url = `${target.tls === true ? "https" : "http"}://127.0.0.1:${String(target.port)}`;
  let current: ClientHttp2Session | undefined;
  const open = (): ClientHttp2Session => {
    const session = connect(url, { servername: target.host, rejectUnauthorized: false });
    // Its requests tell what went wrong.
    session.on("error", () => undefined);
    return session;
  };
  const askOn = async (session: ClientHttp2Session, path: string, body: string | undefined): Promise<Answer> => {
    const stream = session.request({
      ":method": body === undefined ? "GET" : "POST",
      ":path": path,
      ":authority": target.host,
      accept: "text/html",
      ...(body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) }),
    });
    let status = 0;
    let retryAfter: string | undefined;
    let length: string | undefined;
    stream.on("response", (headers) => {
      ({ ":status": status = 0, "retry-after": retryAfter, "content-length": length } = headers);
    });
    stream.end(body);
    const answer = await text(stream);
    // Node ends the stream of a connection that broke as if it were complete.
    if (status === 0 || (length !== undefined && Number(length) !== Buffer.byteLength(answer)))
      throw new Error(stream.rstCode === constants.NGHTTP2_REFUSED_STREAM ? REFUSED : "response cut short");
    return { status, body: answer, retryAfter };
  };
  return {
    async ask(path, body) {
      for (;;) {
        const session = keepAlive && current?.closed === false ? current : open();
        if (keepAlive) current = session;
        try {
          return await askOn(session, path, body);
        } catch (failure) {
          if (!(failure instanceof Error && failure.message.includes(REFUSED))) throw failure;
        } finally {
          if (!keepAlive) session.close();
        }
      }
    },
    close() {
      current?.close();
    },
  };
}

/** In Node's words, of a stream that was not begun. */
const REFUSED = "NGHTTP2_REFUSED_STREAM";
