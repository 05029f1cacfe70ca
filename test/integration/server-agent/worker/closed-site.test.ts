/** A closed site, and targets that try to reach the application behind it all the same. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openRaw } from "../../../support/http/raw-client.ts";
import { startRawUpstream, type RawUpstream } from "../../../support/http/raw-upstream.ts";
import { configWith, startWorker, type WorkerHarness } from "../../../support/agent/worker-harness.ts";

let upstream: RawUpstream;
let worker: WorkerHarness;

beforeAll(async () => {
  upstream = await startRawUpstream(({ socket, text }) => {
    socket.write(`HTTP/1.1 ${text.startsWith("OPTIONS") ? "403 Forbidden" : "200 OK"}\r\nContent-Length: 3\r\n\r\napp`);
  });
  const proxy = { type: "proxy", upstream: "app" } as const;
  worker = await startWorker(
    configWith(
      [
        {
          id: "copycat",
          copycatOf: "shop",
          hosts: ["shop"],
          when: { not: { any: [{ path: ["/healthz", "/open/*"] }, { cookie: { staff: "s3cret" } }] } },
          rules: [{ handler: { type: "maintenance", page: "default" } }],
        },
        { id: "shop", hosts: ["shop"], rules: [{ handler: proxy }] },
        {
          id: "live",
          hosts: ["live"],
          rules: [
            { when: { any: [{ path: "/internal" }, { extension: "php" }] }, handler: { type: "error", status: 403 } },
            { handler: proxy },
          ],
        },
      ],
      { upstreams: { app: { targets: [upstream.url] } } },
    ),
  );
});

afterAll(async () => {
  await worker.close();
  await upstream.close();
});

beforeEach(() => {
  upstream.requests.length = 0;
});

/** The status, and the request line that the application got. */
async function ask(target: string, { method = "GET", host = "shop", fields = "" } = {}) {
  using client = await openRaw(worker.port);
  await client.write(`${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n${fields}Connection: close\r\n\r\n`);
  const { status } = await client.read(method !== "HEAD");
  return { status, sent: upstream.requests[0]?.text.split("\r\n")[0]?.replace(/ HTTP\/1\.1$/, "") };
}

describe("a closed site", () => {
  it.each([
    ["/admin", 503],
    ["/admin#/../healthz", 400],
    ["/admin?a#/../../healthz", 400],
    ["http://shop/admin#/../healthz", 400],
    ["/open/..\\..\\admin", 503],
    ["/open/..%5cadmin", 503],
    ["/admin/..%2fhealthz", 503],
    ["/open/..%2fadmin", 503],
    ["/open/..;/admin", 503],
    ["/open/%252e%252e/admin", 503],
    ["/open/..%c0%2fadmin", 503],
    ["/open/..%ef%bc%8fadmin", 503],
    ["/open/..%20/admin", 503],
    ["/open/..%09/admin", 503],
    ["http://shop@evil/healthz", 400],
    ["http://shop:80@evil/healthz", 400],
    ["http:///healthz", 400],
    ["*", 400],
    ["shop/healthz", 400],
  ])("answers %s itself", async (target, status) => {
    expect(await ask(target)).toEqual({ status, sent: undefined });
  });

  it("answers OPTIONS * itself", async () => {
    expect(await ask("*", { method: "OPTIONS" })).toEqual({ status: 503, sent: undefined });
  });

  it.each([
    ["/healthz", "GET /healthz"],
    ["/checkout/../healthz", "GET /healthz"],
    ["/checkout/%2e%2E/healthz?x=/../y", "GET /healthz?x=/../y"],
    ["/admin//../healthz", "GET /healthz"],
    ["//open/admin", "GET /open/admin"],
    ["/open/group%2Fproject//x", "GET /open/group%2Fproject//x"],
    ["/open/%ef%bc%8f%ef%bc%8e", "GET /open/%ef%bc%8f%ef%bc%8e"],
    ["http://shop/open/../healthz", "GET /healthz"],
  ])("sends %s on in the form that was judged", async (target, sent) => {
    expect(await ask(target)).toEqual({ status: 200, sent });
  });

  it("leaves to the original what preflights ask for that an exception may let through", async () => {
    const fields = "Origin: https://evil.example\r\nAccess-Control-Request-Method: DELETE\r\n";
    expect(await ask("/account", { method: "OPTIONS", fields })).toEqual({ status: 403, sent: "OPTIONS /account" });
  });
});

describe("a rule of a live site", () => {
  it.each([
    ["/internal#", 400],
    ["/x.php#", 400],
    ["http://live/internal#x", 400],
    ["/x/../internal", 403],
    ["/internal;x", 400],
    ["/%5cx/internal", 400],
    ["/x/..;/internal", 400],
    ["/x/..%20/internal", 400],
    ["/x.php%20", 400],
    ["/x.php%ef%bc%9fa", 400],
  ])("is not passed by with %s", async (target, status) => {
    expect(await ask(target, { host: "live" })).toEqual({ status, sent: undefined });
  });

  it.each([
    ["http://live", "OPTIONS *"],
    ["http://live/", "OPTIONS /"],
    ["*", "OPTIONS *"],
  ])("leaves OPTIONS %s what it is", async (target, sent) => {
    expect(await ask(target, { method: "OPTIONS", host: "live" })).toEqual({ status: 403, sent });
  });

  it("has the Host checked also where the target outweighs it", async () => {
    expect(await ask("http://live/", { host: "a/b" })).toEqual({ status: 400, sent: undefined });
  });
});
