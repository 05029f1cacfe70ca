/** Authorities that refuse, are not what they seem, or never answer. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, it } from "vitest";
import { AccountKey } from "../../../../server-agent/acme/account-key.ts";
import { makeKeyPair, privatePem } from "../../../../server-agent/acme/certificate-request.ts";
import { obtainCertificate } from "../../../../server-agent/acme/obtain-certificate.ts";
import { certificateFolder } from "../../../support/http/certificates.ts";

const folder = certificateFolder();
afterAll(() => {
  folder[Symbol.dispose]();
});
const own = folder.make("authority", ["localhost"]);

type Answer = (request: IncomingMessage, response: ServerResponse, origin: string) => void;

/** One that names its resources, gives nonces, and answers all else so. */
async function orderFrom(answer: Answer, { signal = new AbortController().signal, ca = own.certificate } = {}) {
  const server = createServer({ cert: readFileSync(own.certificate), key: readFileSync(own.key) });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `https://localhost:${String((server.address() as AddressInfo).port)}`;
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    request.resume();
    if (request.url === "/dir") {
      const directory = { newNonce: `${origin}/nonce`, newAccount: `${origin}/account`, newOrder: `${origin}/order` };
      response.end(JSON.stringify(directory));
    } else if (request.url === "/nonce") {
      response.writeHead(200, { "Replay-Nonce": "bm9uY2U" }).end();
    } else {
      answer(request, response, origin);
    }
  });
  try {
    return await obtainCertificate({
      directory: `${origin}/dir`,
      ca: readFileSync(ca, "utf8"),
      key: new AccountKey(privatePem(await makeKeyPair("ecdsa-p256"))),
      signal,
      names: ["shop.test"],
      keyType: "ecdsa-p256",
      email: undefined,
      external: undefined,
      challenge: "http-01",
      proveByTls: () => Promise.resolve(),
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function problem(status: number, kind: string, detail: string, fields: Record<string, string> = {}): Answer {
  return (_request, response) => {
    response.writeHead(status, { "Content-Type": "application/problem+json", ...fields });
    response.end(JSON.stringify({ type: `urn:ietf:params:acme:error:${kind}`, detail }));
  };
}

describe("an order from an authority", () => {
  it("that has too many is tried again as late as it asks", async () => {
    const outcome = await orderFrom(problem(429, "rateLimited", "too many\u202e orders", { "Retry-After": "3600" }));
    expect(outcome).toMatchObject({ ok: false, retryAfterMs: 3_600_000 });
    expect(outcome).toMatchObject({
      message: expect.stringMatching(/^too many\ufffd orders \(.*as long as/) as string,
    });
    const date = { "Retry-After": new Date(Date.now() + 7_200_000).toUTCString() };
    const later = await orderFrom(problem(503, "serverInternal", "down", date));
    expect(later.ok ? 0 : later.retryAfterMs).toBeGreaterThan(3_600_000);
  });

  it.each<[string, Answer, RegExp]>([
    ["refuses every nonce", problem(400, "badNonce", "stale"), /^stale$/],
    ["demands another account", problem(403, "externalAccountRequired", "no"), /`externalAccount`/],
    ["speaks no JSON", (_, response) => void response.writeHead(500).end("<html>"), /it did not say why/],
    ["names no account", (_, response) => void response.writeHead(201).end("{}"), /where the account is/],
    [
      "leads to a place without TLS",
      (_, response) => void response.writeHead(201, { Location: "http://localhost/1" }).end("{}"),
      /where the account is/,
    ],
    ["hangs up", (request) => void request.socket.destroy(), /cannot be reached: /],
    ["sends without end", (_, response) => void response.writeHead(200).end("x".repeat(2_000_000)), /too large/],
  ])("that %s fails with the reason", async (_what, answer, message) => {
    const outcome = await orderFrom(answer);
    expect(outcome).toMatchObject({ ok: false, message: expect.stringMatching(message) as string });
  });

  it("whose own certificate is not trusted says which field is missing", async () => {
    const { certificate: ca } = folder.make("other", ["other.test"]);
    expect(await orderFrom(() => undefined, { ca })).toMatchObject({
      ok: false,
      message: expect.stringMatching(/cannot be reached: .*`caFile`/) as string,
    });
  });

  it("that never answers ends when the agent stops", async () => {
    const stop = new AbortController();
    const outcome = await orderFrom(
      () => {
        stop.abort();
      },
      { signal: stop.signal },
    );
    expect(outcome.ok).toBe(false);
  });
});
