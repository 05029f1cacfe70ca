/**
 * Answers an authority that asks by a handshake of TLS whether a name is this server's
 * (TLS-ALPN-01, RFC 8737): with a certificate that proves it, and nothing else.
 *
 * OpenSSL chooses a certificate before it looks at the protocols that are offered, so these are
 * read from the visitor's first message. That costs something only while an authority may ask: a
 * few seconds in the life of a certificate. No visitor ever gets the proof, as he would have to
 * offer `acme-tls/1` alone.
 */
import type { Socket } from "node:net";
import type { Server } from "node:tls";
import { normaliseHost } from "../../core/routing/normalise-host.ts";
import { parseClientHello } from "./client-hello.ts";
import { readFirstBytes } from "./first-bytes.ts";

const PROTOCOL = "acme-tls/1";

/** What an authority is about to ask. */
export interface ExpectedChallenge {
  readonly name: string;
  /** PEM: the certificate that proves it, and its key. */
  readonly pem: string;
}

export class TlsChallenge {
  #expected: { readonly name: string; readonly server: Server } | undefined = undefined;

  /** Answers this one alone from now on; undefined: none. */
  use(challenge: ExpectedChallenge | undefined): void {
    this.#expected =
      challenge === undefined ? undefined : { name: normaliseHost(challenge.name), server: serverFor(challenge.pem) };
  }

  /** Answers on this connection if an authority asks there; otherwise gives it back as it was. */
  take(socket: Socket, otherwise: () => void): void {
    const expected = this.#expected;
    if (expected === undefined) {
      otherwise();
      return;
    }
    const parse = (bytes: Buffer) => {
      const hello = parseClientHello(bytes);
      return hello.kind === "incomplete" ? undefined : hello;
    };
    readFirstBytes(socket, parse, (hello, bytes) => {
      socket.unshift(bytes);
      const isAsked =
        hello.kind === "complete" &&
        hello.protocols.join() === PROTOCOL &&
        normaliseHost(hello.serverName ?? "") === expected.name;
      if (isAsked) expected.server.emit("connection", socket);
      else otherwise();
    });
  }
}

/** It listens nowhere: it is given sockets. */
function serverFor(pem: string): Server {
  return process
    .getBuiltinModule("node:tls")
    .createServer({
      cert: pem,
      key: pem,
      // Without a list, the authorities of the web are read.
      ca: [],
      ALPNProtocols: [PROTOCOL],
      // The entrance counts the time.
      handshakeTimeout: 0,
    })
    .on("secureConnection", (socket) => {
      // The handshake was the answer (RFC 8737, 3).
      socket.on("error", () => undefined).end();
    })
    .on("tlsClientError", (_failure, socket) => {
      socket.destroy();
    });
}
