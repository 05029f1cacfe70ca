/** What a connection of a visitor makes of bytes: each request, its body, and what became of it. */
import type { Socket } from "node:net";
import { duplexPair } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import type { ConnectionOwner, VisitorConnection } from "../../../server-agent/worker/http/carrier.ts";

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly fields: readonly string[];
  body: string;
  end: "waits" | "whole" | "abandoned";
}

export interface Transcript {
  readonly requests: readonly Seen[];
  /** Why what came was no request. */
  readonly refused: readonly string[];
  /** All that was written, one character per byte. */
  readonly written: string;
  /** How often the connection said that it had closed. */
  readonly closed: number;
}

/** More than there are answers. */
const MAX_TURNS = 60;

/** @param open Begins a connection on one side of a pair. */
export async function transcriptOf(
  pieces: readonly Buffer[],
  open: (socket: Socket, owner: ConnectionOwner<unknown>) => VisitorConnection,
): Promise<Transcript> {
  const [client, server] = duplexPair();
  const requests: Seen[] = [];
  const refused: string[] = [];
  let written = "";
  let closed = 0;
  client.on("data", (bytes: Buffer) => (written += bytes.toString("latin1"))).on("error", () => undefined);
  // As sockets have it.
  Object.assign(server, { destroySoon: () => server.end(() => server.destroy()) });
  open(server as unknown as Socket, {
    isRetiring: false,
    request: (_, incoming, response) => {
      const seen: Seen = {
        method: incoming.method,
        url: incoming.url,
        // A key that is made at random says nothing.
        fields: incoming.rawHeaders.filter((_, index, all) => all[index - 1] !== "sec-websocket-key"),
        body: "",
        end: "waits",
      };
      requests.push(seen);
      incoming.read({
        onData: (bytes) => (seen.body += bytes.toString("latin1")),
        onEnd: () => {
          seen.end = "whole";
          response.writeHead(200, ["Date", "never"]);
          response.end(seen.url);
        },
        onAbandoned: () => {
          seen.end = "abandoned";
          response.destroy();
        },
      });
    },
    ended: () => undefined,
    refused: (_, { reason }) => refused.push(reason),
    closed: () => (closed += 1),
  });
  for (const piece of pieces) {
    if (client.writable) client.write(piece);
    await turn();
  }
  client.end();
  // Answers to requests that came at once go out one a turn.
  for (let turns = 0; turns < MAX_TURNS && !client.readableEnded; turns++) await turn();
  const gone = server.closed ? undefined : new Promise((resolve) => server.once("close", resolve));
  server.destroy();
  await gone;
  return { requests, refused, written, closed };
}
