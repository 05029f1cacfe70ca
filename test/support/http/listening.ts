/** A server of a test on 127.0.0.1, which ends with the test. */
import { once } from "node:events";
import type { Server } from "node:http";
import type { Server as SecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { keep } from "../keep.ts";

/** @param wanted Its port; 0: a free one. @returns the port. */
export async function listening(server: Server | SecureServer, wanted = 0): Promise<number> {
  server.listen(wanted, "127.0.0.1");
  await once(server, "listening");
  keep({
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  });
  return (server.address() as AddressInfo).port;
}
