/** An application behind a web server whose answers begin, and end only when the test says so. */
import { once } from "node:events";
import { createServer, get, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface HangingApp extends AsyncDisposable {
  readonly port: number;
  /** Visits it through a web server; resolves when its answer has begun. */
  visit: (port: number, host: string, path?: string) => Promise<{ end: () => void }>;
}

export async function startHangingApp(): Promise<HangingApp> {
  const begun: ServerResponse[] = [];
  const app = createServer((_request, response) => {
    begun.push(response);
    response.writeHead(200).write("x");
  });
  app.listen(0, "127.0.0.1");
  await once(app, "listening");
  return {
    port: (app.address() as AddressInfo).port,
    async visit(port, host, path = "/") {
      const before = begun.length;
      const visitor = get({ host: "127.0.0.1", port, path, headers: { host }, agent: false });
      visitor.on("error", () => undefined);
      const [response] = (await once(visitor, "response")) as [NodeJS.ReadableStream];
      response.resume();
      const answer = begun[before];
      return { end: () => answer?.end() };
    },
    [Symbol.asyncDispose]: async () => {
      app.closeAllConnections();
      await new Promise((resolve) => app.close(resolve));
    },
  };
}
