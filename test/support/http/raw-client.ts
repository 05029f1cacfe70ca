/**
 * One TCP connection that speaks HTTP byte by byte, so that "the same connection", "reset" and "not
 * closed" are certain.
 */
import { once } from "node:events";
import { connect } from "node:net";
import { connect as connectSecure } from "node:tls";

export interface RawResponse {
  readonly status: number;
  readonly head: string;
  readonly body: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface RawClient extends Disposable {
  /** The server has ended its side. */
  readonly closed: boolean;
  /** Code of the error that ended the connection; `""` when it ended in order. */
  readonly failure: string;
  /** Resolves when the bytes are on their way. */
  write(text: string | Buffer): Promise<void>;
  /**
   * The next response, which must be framed by Content-Length, chunks or its status. @param hasBody
   * false for the answer to HEAD.
   */
  read(hasBody?: boolean): Promise<RawResponse>;
  ask(text: string, hasBody?: boolean): Promise<RawResponse>;
  /** Exactly so many bytes. */
  bytes(count: number): Promise<string>;
  /** All bytes up to this text, included. */
  until(text: string): Promise<string>;
  /** All bytes up to the end of the connection. */
  rest(): Promise<string>;
  destroy(): void;
}

/** @param secureFor Over TLS, to this name; whatever its certificate. */
export async function openRaw(port: number, secureFor?: string): Promise<RawClient> {
  // Half-open: what a client may still send after the server's last word is part of what is tested.
  const at = { port, host: "127.0.0.1", allowHalfOpen: true };
  const socket =
    secureFor === undefined ? connect(at) : connectSecure({ ...at, servername: secureFor, rejectUnauthorized: false });
  let received = "";
  let closed = false;
  let ended = false;
  let failure = "";
  socket.setEncoding("latin1");
  socket.on("data", (text: string) => (received += text));
  socket.on("end", () => (ended = true));
  socket.on("close", () => (closed = true));
  socket.on("error", (error: NodeJS.ErrnoException) => (failure = error.code ?? error.message));
  await once(socket, secureFor === undefined ? "connect" : "secureConnect");
  // Nothing is taken from the server unless a call waits for it, so that a response can be kept in
  // flight.
  socket.pause();

  const more = async (): Promise<void> => {
    if (closed || ended)
      throw new Error(
        `the connection ended${failure === "" ? "" : ` with ${failure}`} after ${JSON.stringify(received.slice(0, 200))}`,
      );
    await new Promise<void>((resolve) => {
      const done = (): void => {
        for (const event of ["data", "end", "close"]) socket.off(event, done);
        socket.pause();
        resolve();
      };
      for (const event of ["data", "end", "close"]) socket.once(event, done);
      socket.resume();
    });
  };
  const take = (length: number): string => {
    const taken = received.slice(0, length);
    received = received.slice(length);
    return taken;
  };
  const line = async (): Promise<string> => {
    while (!received.includes("\r\n")) await more();
    return take(received.indexOf("\r\n") + 2).slice(0, -2);
  };
  const bytes = async (length: number): Promise<string> => {
    while (received.length < length) await more();
    return take(length);
  };
  const read = async (hasBody = true): Promise<RawResponse> => {
    while (!received.includes("\r\n\r\n")) await more();
    const head = take(received.indexOf("\r\n\r\n") + 4).slice(0, -4);
    const [first = "", ...fields] = head.split("\r\n");
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1] ?? NaN);
    const headers = Object.fromEntries(
      fields.map((field) => [
        field.slice(0, field.indexOf(":")).toLowerCase(),
        field.slice(field.indexOf(":") + 1).trim(),
      ]),
    );
    let body = "";
    if (hasBody && status >= 200 && status !== 204 && status !== 304) {
      if (headers["transfer-encoding"] === "chunked") {
        for (let size = parseInt(await line(), 16); ; size = parseInt(await line(), 16)) {
          body += (await bytes(size + 2)).slice(0, -2);
          if (size === 0) break;
        }
      } else {
        body = await bytes(Number(headers["content-length"]));
      }
    }
    return { status, head, headers, body };
  };
  const write = (text: string | Buffer): Promise<void> =>
    new Promise((resolve, reject) => {
      socket.write(text, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  return {
    get closed() {
      return closed || ended;
    },
    get failure() {
      return failure;
    },
    write,
    read,
    async ask(text, hasBody) {
      await write(text);
      return read(hasBody);
    },
    bytes,
    async until(text) {
      while (!received.includes(text)) await more();
      return take(received.indexOf(text) + text.length);
    },
    async rest() {
      while (!ended && !closed) await more();
      if (failure !== "") throw new Error(failure);
      return take(received.length);
    },
    destroy() {
      socket.destroy();
    },
    [Symbol.dispose]() {
      socket.destroy();
    },
  };
}
