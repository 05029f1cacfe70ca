/** An application behind a web server, and visitors of the web server. */
import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";

/** Bytes of each half of `/download`. */
export const HALF = 200_000;

/** `/download` sends the second half when it is told to. */
export async function startApp() {
  const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
  const app = http.createServer((request, response) => {
    if (request.url !== "/download") {
      response.end("app");
      return;
    }
    response.writeHead(200, { "content-length": 2 * HALF });
    response.write(Buffer.alloc(HALF, "a"));
    void released.then(() => response.end(Buffer.alloc(HALF, "b")));
  });
  await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
  return {
    port: (app.address() as AddressInfo).port,
    release: () => release(undefined),
    [Symbol.asyncDispose]: async () => {
      app.closeAllConnections();
      await new Promise((resolve) => app.close(resolve));
    },
  };
}

/** As a visitor on the loopback interface; `rest` resolves with the end of the answer. */
export async function get(port: number, host: string, path = "/", tls = false) {
  const options = { host: "127.0.0.1", port, path, headers: { host }, agent: false };
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    const request = tls
      ? https.get({ ...options, servername: host, rejectUnauthorized: false }, resolve)
      : http.get(options, resolve);
    request.on("error", reject);
  });
  const rest = (async () => {
    let bytes = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) bytes += chunk.length;
    return { bytes, isWhole: response.complete };
  })();
  // A test that fails before it is over says why by itself.
  rest.catch(() => undefined);
  return { status: response.statusCode ?? 0, retryAfter: response.headers["retry-after"], rest };
}
