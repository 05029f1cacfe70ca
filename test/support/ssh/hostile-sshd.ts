/**
 * An SSH server on the loopback interface that does what none should: handshakes as it has to, and
 * then sends whatever packets an attack makes. Lets everybody in unless told otherwise.
 */
import { once } from "node:events";
import { mkdtemp, readFile } from "node:fs/promises";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import ssh2 from "ssh2";
import { makeKey } from "./sshd.ts";

export interface HostileSshd extends AsyncDisposable {
  readonly port: number;
  /** Connections so far. */
  readonly connections: () => number;
  close(): Promise<void>;
}

/** What ssh2 keeps to itself, of the server's side of a connection. */
interface Innards {
  _sock: {
    pause(): void;
    writableLength: number;
    destroyed: boolean;
    once(event: "drain" | "close", listener: () => void): void;
  };
  _protocol: {
    _packetRW: { write: { allocStart: number; alloc(length: number): Buffer; finalize(packet: Buffer): Buffer } };
    _cipher: { encrypt(packet: Buffer): void };
  };
}
export type HostileConnection = ssh2.Connection & Innards;

export interface Hostility {
  algorithms?: ssh2.Algorithms;
  /** Instead of letting everybody in. */
  login?: (attempt: ssh2.AuthContext, connection: HostileConnection) => void;
  /** After the login. */
  begin?: (connection: HostileConnection) => void;
  /** What is behind the agent's socket: a socket here, or whatever is made of the channel. */
  agent?: string | ((channel: ssh2.ServerChannel) => void);
}

export async function startHostileSshd({ algorithms, login, begin, agent }: Hostility): Promise<HostileSshd> {
  const folder = await mkdtemp(join(tmpdir(), "backsoon-hostile-"));
  const { file } = await makeKey(folder, "host_key");
  const connections = new Set<ssh2.Connection>();
  let count = 0;
  const server = new ssh2.Server(
    { hostKeys: [await readFile(file)], ident: "OpenSSH_9.2", ...(algorithms === undefined ? {} : { algorithms }) },
    (client) => {
      const connection = client as HostileConnection;
      count += 1;
      connections.add(connection);
      connection.on("error", () => undefined);
      connection.on("close", () => connections.delete(connection));
      connection.on("authentication", (attempt) =>
        login === undefined ? attempt.accept() : login(attempt, connection),
      );
      connection.on("ready", () => {
        begin?.(connection);
      });
      connection.on("openssh.streamlocal", (accept, reject) => {
        if (agent === undefined) {
          reject();
          return;
        }
        const channel = accept();
        channel.on("error", () => undefined);
        if (typeof agent === "function") agent(channel);
        else {
          const socket = connect(agent);
          socket.on("error", () => undefined);
          socket.pipe(channel).pipe(socket);
        }
      });
    },
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = async () => {
    for (const connection of connections)
      (connection as HostileConnection & { _sock: { destroy(): void } })._sock.destroy();
    server.close();
    rmSync(folder, { recursive: true, force: true });
    await Promise.resolve();
  };
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => count,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** One packet with this payload (RFC 4253, section 6), whatever is in it. */
export function sendPacket({ _protocol: { _packetRW, _cipher } }: HostileConnection, payload: Buffer): void {
  const packet = _packetRW.write.alloc(payload.length);
  packet.set(payload, _packetRW.write.allocStart);
  _cipher.encrypt(_packetRW.write.finalize(packet));
}

/** Sends such packets as long as the connection is there. */
export function floodWith(connection: HostileConnection, payload: Buffer | (() => Buffer)): void {
  const go = () => {
    for (let sent = 0; sent < 100 && connection._sock.writableLength < 1_000_000; sent += 1)
      sendPacket(connection, typeof payload === "function" ? payload() : payload);
    if (!connection._sock.destroyed) setImmediate(go);
  };
  go();
}

/** A string as SSH writes it (RFC 4251, section 5). */
export function sshString(text: string | Buffer): Buffer {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
