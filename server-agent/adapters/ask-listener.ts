/**
 * Asks a listener of a web server, or of the agent, as a visitor does: a connection of its own, TLS
 * with the name of the site, HTTP/1.1 or HTTP/2. It is this machine that is asked, by an address of
 * its own: so a certificate that is not good is told beside the answer, and refused by nobody.
 */
import { type IncomingHttpHeaders, request as openRequest } from "node:http";
import { type Socket, connect, isIP } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";

export interface ListenerAsked {
  readonly address: string;
  readonly port: number;
  readonly tls: boolean;
  /** It expects a PROXY protocol header in front. */
  readonly proxyProtocol?: boolean;
  /** For the `Host` field and for TLS. */
  readonly host: string;
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default 1.1. */
  readonly version?: "1.1" | "2";
  /** For all of it; the connection is closed then. */
  readonly timeoutMs: number;
}

export interface ListenerAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Its first `MAX_BODY_CHARS`. */
  readonly body: string;
  /** What is wrong with the certificate for this name today, a sentence. */
  readonly certificate?: string | undefined;
}

export type Answered = { ok: true; answer: ListenerAnswer } | { ok: false; message: string };

const MAX_BODY_CHARS = 65_536;

export async function askListener(asked: ListenerAsked): Promise<Answered> {
  let socket: Socket | undefined;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Answered>((resolve) => {
    timer = setTimeout(
      () => resolve({ ok: false, message: `no answer within ${String(asked.timeoutMs / 1000)} s` }),
      asked.timeoutMs,
    );
  });
  const answer = (async (): Promise<Answered> => {
    try {
      socket = await connected(asked);
      const secure = asked.tls ? await secured(socket, asked) : undefined;
      const stream = secure ?? socket;
      const certificate = secure === undefined ? undefined : faultOf(secure, asked.host);
      const answered = await (asked.version === "2" ? overHttp2(stream, asked) : overHttp1(stream, asked));
      return { ok: true, answer: { ...answered, certificate } };
    } catch (error) {
      return { ok: false, message: error instanceof Error ? error.message : String(error) };
    }
  })();
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
    socket?.destroy();
  }
}

async function connected({ address, port, proxyProtocol, timeoutMs }: ListenerAsked): Promise<Socket> {
  const socket = connect({ host: address, port });
  // Also for one whose address swallows everything.
  socket.setTimeout(timeoutMs, () => socket.destroy(new Error("no connection")));
  await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  socket.setTimeout(0);
  if (proxyProtocol === true) {
    const family = isIP(address) === 6 ? "TCP6" : "TCP4";
    const from = socket.localAddress ?? address;
    socket.write(`PROXY ${family} ${from} ${address} ${String(socket.localPort)} ${String(port)}\r\n`);
  }
  return socket;
}

async function secured(socket: Socket, { host, version }: ListenerAsked): Promise<TLSSocket> {
  const secure = process.getBuiltinModule("node:tls").connect({
    socket,
    rejectUnauthorized: false,
    ALPNProtocols: [version === "2" ? "h2" : "http/1.1"],
    // No name of TLS is an address.
    ...(isIP(host) === 0 ? { servername: host } : {}),
  });
  await new Promise<void>((resolve, reject) => secure.once("secureConnect", resolve).once("error", reject));
  if (version === "2" && secure.alpnProtocol !== "h2") throw new Error("it does not speak HTTP/2");
  return secure;
}

/** Who signed it is not judged: many firms have an authority of their own. */
function faultOf(secure: TLSSocket, host: string): string | undefined {
  const certificate = secure.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  const ends = Date.parse(certificate.validTo);
  if (Date.now() > ends) return `The certificate ended on ${new Date(ends).toISOString().slice(0, 10)}.`;
  const name = host.replace(/^\[|\]$/g, "");
  const isFor = isIP(name) === 0 ? certificate.checkHost(name, { subject: "never" }) : certificate.checkIP(name);
  return isFor === undefined ? `The certificate is not for ${host}.` : undefined;
}

async function overHttp1(
  stream: Duplex,
  { host, path, method = "GET", headers }: ListenerAsked,
): Promise<ListenerAnswer> {
  return new Promise((resolve, reject) => {
    const request = openRequest({
      createConnection: () => stream,
      path,
      method,
      setHost: false,
      headers: { ...headers, host, connection: "close" },
    });
    request.once("error", reject).once("response", (response) => {
      const { statusCode = 0, headers: fields } = response;
      readBody(response).then((body) => resolve({ status: statusCode, headers: fields, body }), reject);
    });
    request.end();
  });
}

async function overHttp2(
  stream: Duplex,
  { host, path, method = "GET", headers }: ListenerAsked,
): Promise<ListenerAnswer> {
  const session = process
    .getBuiltinModule("node:http2")
    .connect(`http://${isIP(host) === 6 ? `[${host}]` : host}`, { createConnection: () => stream });
  try {
    return await new Promise((resolve, reject) => {
      session.once("error", reject);
      const request = session.request({ ...headers, ":method": method, ":path": path, ":authority": host });
      request.once("error", reject).once("response", (fields) => {
        const { ":status": status = 0, ...rest } = fields;
        readBody(request).then((body) => resolve({ status, headers: rest, body }), reject);
      });
      request.end();
    });
  } finally {
    session.destroy();
  }
}

async function readBody(body: AsyncIterable<Buffer>): Promise<string> {
  let text = "";
  for await (const part of body) {
    text += part.toString("latin1");
    if (text.length >= MAX_BODY_CHARS) break;
  }
  return Buffer.from(text.slice(0, MAX_BODY_CHARS), "latin1").toString();
}
