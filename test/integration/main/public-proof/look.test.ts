/** Asking as a visitor does: real sockets, real certificates, and whatever may answer. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { lookBy } from "../../../../main/public-proof/look.ts";
import { namesBy } from "../../../../main/public-proof/names.ts";
import type { Question } from "../../../../main/public-proof/question.ts";

const BASE: Question = {
  site: "shop",
  generation: 2,
  hosts: ["shop.test"],
  left: 0,
  path: "/",
  isHere: false,
  listeners: [],
  given: undefined,
  mayBeLetIn: false,
  handler: undefined,
};

async function listening(server: Server) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { port, [Symbol.dispose]: () => void server.close() };
}

function look(port: number, question: Partial<Question> = {}) {
  const names = namesBy(`MAP shop.test 127.0.0.1:${String(port)}, MAP * ~NOTFOUND`);
  return lookBy(names)({ ...BASE, ...question }, AbortSignal.timeout(30_000));
}

const folder = mkdtempSync(join(tmpdir(), "backsoon-tls-"));
afterAll(() => rmSync(folder, { recursive: true }));
function selfSigned() {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = ["-subj", "/CN=other.test", "-days", "2"];
  const made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", cert];
  execFileSync("openssl", ["req", "-x509", ...made, ...subject], { stdio: "ignore" });
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

it("tells the answer by the site's name, without cookies, redirects followed or the rest of a large body", async () => {
  const asked: unknown[] = [];
  const answer: RequestListener = ({ url, headers: { host, cookie, authorization } }, response) => {
    asked.push({ url, host, cookie, authorization });
    response.writeHead(302, { server: "nginx/1.24", location: "https://login.test/", "set-cookie": "a=1" });
    for (let sent = 0; sent < 40; sent++) response.write(Buffer.alloc(64 * 1024, "x"));
    response.end();
  };
  using served = await listening(createServer(answer));
  const url = `http://shop.test:${String(served.port)}/`;
  expect(await look(served.port)).toEqual([
    { url, kind: "other", words: "nginx/1.24 at 127.0.0.1 answered 302, to https://login.test" },
  ]);
  // At this port it may speak TLS or not, so both were tried; only one can be read as HTTP.
  expect(asked).toEqual([
    { url: "/", host: `shop.test:${String(served.port)}`, cookie: undefined, authorization: undefined },
  ]);
});

it("tells the answer over https although its certificate is not good, and what is wrong with that", async () => {
  using served = await listening(
    createTlsServer(selfSigned(), (_request, response) => response.writeHead(503, { "backsoon-site": "shop" }).end()),
  );
  const answers = await look(served.port);
  expect(answers).toMatchObject([
    {
      url: `https://shop.test:${String(served.port)}/`,
      kind: "page",
      words: "127.0.0.1 answered 503",
      certificate: "its certificate is signed by itself",
    },
  ]);
});

it("says why it has seen nothing: no name, nobody there, no HTTP", async () => {
  const [unknown] = await look(1, { hosts: ["gone.test"] });
  expect(unknown).toMatchObject({ kind: "unseen", words: "this computer's DNS does not know the name" });
  const gone = await listening(createServer());
  const { port } = gone;
  gone[Symbol.dispose]();
  expect(await look(port)).toMatchObject([{ kind: "unseen", words: `nobody answers at 127.0.0.1:${String(port)}` }]);
  const { createServer: createRaw } = await import("node:net");
  using raw = await listening(createRaw((socket) => void socket.on("error", () => undefined).end("SSH-2.0-x\r\n")));
  const answers = await look(raw.port);
  expect(answers.map(({ kind }) => kind)).not.toContain("other");
});

it("asks at the address that was given, by the site's name", async () => {
  const asked: (string | undefined)[] = [];
  using served = await listening(
    createServer((request, response) => {
      asked.push(request.headers.host);
      response.writeHead(200, { server: "nginx" }).end();
    }),
  );
  const given = { address: "127.0.0.1", port: served.port };
  const answers = await look(1, { hosts: ["gone.test"], given });
  expect(answers).toMatchObject([{ kind: "other", words: "nginx at 127.0.0.1 answered 200" }]);
  expect(asked).toEqual([`gone.test:${String(served.port)}`]);
});
