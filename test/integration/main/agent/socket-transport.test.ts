/** Calls of one transport share the channels that the other side takes. */
import { once } from "node:events";
import http from "node:http";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { expect, it } from "vitest";
import { NoRoomError } from "../../../../main/agent/no-room.ts";
import { type Connector, openTransport, socketConnector } from "../../../../main/agent/socket-transport.ts";
import { makeFolder } from "../../../../tools/driving/agent.ts";

/** As sshd does with `MaxSessions`; `most` is how many were open at once. */
function narrow(inner: Connector, room: { channels: number }) {
  let open = 0;
  const seen = { most: 0 };
  const connect = async (): Promise<Duplex> => {
    if (open >= room.channels) throw new NoRoomError({ code: "ssh.dial-failed", message: "no more sessions" });
    open += 1;
    seen.most = Math.max(seen.most, open);
    const channel = await inner.connect();
    channel.once("close", () => (open -= 1));
    return channel;
  };
  return { connector: { ...inner, connect }, seen };
}

it("calls use few channels while there is room for few, and more when there is more again", async () => {
  const server = http.createServer((_request, response) => response.end("{}"));
  const socketPath = join(await makeFolder(), "s.sock");
  await once(server.listen(socketPath), "listening");
  const room = { channels: 2 };
  const { connector, seen } = narrow(socketConnector(socketPath), room);
  const transport = openTransport(connector, "the test's socket");
  const six = () =>
    Promise.all(
      Array.from({ length: 6 }, () => transport.call({ method: "GET", path: "/v1/agent", headers: {} }, 10_000)),
    );
  expect(await six()).toHaveLength(6);
  expect(seen.most).toBe(2);
  room.channels = 10;
  for (let round = 0; round < 50; round += 1) await six();
  expect(seen.most).toBe(6);
  transport.close();
  server.close();
});
