/**
 * Ambiguous requests through two readers in a row, the agent and another one: whoever stands behind
 * sees no request that the one before it has not seen. Both say what they saw in their logs.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, createServer, request as forward } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { HAS_NGINX, nginxFolder, startNginx } from "../../../../tools/driving/web-servers/nginx.ts";
import { configWith, startWorker } from "../../../support/agent/worker-harness.ts";
import { AMBIGUOUS, AMBIGUOUS_STREAMS, NEXT } from "../../../support/http/ambiguous-requests.ts";
import {
  block,
  DATA,
  END_HEADERS,
  END_STREAM,
  frame,
  HEADERS,
  openFrames,
} from "../../../support/http/frame-client.ts";
import { HAS_HAPROXY, haproxyFolder, startHaproxy } from "../../../support/web-servers/haproxy.ts";

/** A reader of HTTP: what it has seen so far, one request a line. */
interface Reader extends AsyncDisposable {
  readonly port: number;
  seen(): string;
}

const folder = mkdtempSync(join(tmpdir(), "backsoon-smuggling-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
let agents = 0;

/** @param upstream Port of who stands behind; without one it answers by itself. */
async function agentReader(upstream?: number): Promise<Reader> {
  const accessLog = join(folder, `${String(++agents)}.log`);
  const handler =
    upstream === undefined ? { type: "respond" as const, body: "ok" } : { type: "proxy" as const, upstream: "app" };
  const worker = await startWorker(
    configWith([{ id: "shop", hosts: ["shop", "*"], rules: [{ handler }], accessLog }], {
      listeners: [{ name: "http", address: "127.0.0.1", port: 0, http2: true }],
      upstreams: upstream === undefined ? {} : { app: { targets: [`http://127.0.0.1:${String(upstream)}`] } },
    }),
  );
  return {
    port: worker.port,
    seen: () => readFileSync(accessLog, "latin1"),
    [Symbol.asyncDispose]: () => worker.close(),
  };
}

/** As lax as it can be made. */
async function nginxReader(upstream?: number): Promise<Reader> {
  const answer =
    upstream === undefined
      ? "return 200 ok;"
      : "proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ''; proxy_request_buffering off;";
  const files = await nginxFolder({
    "conf.d/reader.conf": `
      log_format seen '"$request" $status ';
      ignore_invalid_headers off;
      underscores_in_headers on;
      upstream app { server 127.0.0.1:${String(upstream ?? 1)}; keepalive 4; }
      server {
        listen 127.0.0.1:@PORT1@;
        access_log @RUN@/seen.log seen;
        location / { ${answer} }
      }`,
  });
  const nginx = await startNginx(files);
  return {
    port: files.port(1),
    seen: () => readFileSync(join(files.run, "seen.log"), "latin1"),
    async [Symbol.asyncDispose]() {
      await nginx[Symbol.asyncDispose]();
      await files[Symbol.asyncDispose]();
    },
  };
}

async function haproxyReader(upstream?: number): Promise<Reader> {
  const files = await haproxyFolder(`frontend reader
    bind 127.0.0.1:@PORT1@
    log stdout format raw local0
    log-format "\\"%HM %HU\\" %ST "
    option accept-invalid-http-request
    ${upstream === undefined ? "http-request return status 200 content-type text/plain string ok" : "default_backend app"}

backend app
    http-reuse always
    server app 127.0.0.1:${String(upstream ?? 1)}
`);
  const haproxy = await startHaproxy(files);
  return {
    port: files.port(1),
    seen: haproxy.said,
    async [Symbol.asyncDispose]() {
      await haproxy[Symbol.asyncDispose]();
      await files[Symbol.asyncDispose]();
    },
  };
}

async function nodeReader(upstream?: number): Promise<Reader> {
  let seen = "";
  const agent = new Agent({ keepAlive: true });
  const server = createServer((request, response) => {
    response.statusCode = upstream === undefined ? 200 : 502;
    response.on("close", () => (seen += `"${request.url ?? ""}" ${String(response.statusCode)} \n`));
    if (upstream === undefined) {
      request.on("end", () => response.end("ok")).resume();
      return;
    }
    const { method, url, rawHeaders } = request;
    const behind = forward({
      port: upstream,
      host: "127.0.0.1",
      agent,
      method,
      path: url,
      headers: rawHeaders,
      setHost: false,
    });
    behind.on("response", (answer) => {
      response.writeHead(answer.statusCode ?? 502);
      answer.pipe(response);
    });
    behind.on("error", () => response.destroy());
    response.on("close", () => behind.destroy());
    request.pipe(behind);
  });
  server.on("clientError", (_, socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    seen: () => seen,
    async [Symbol.asyncDispose]() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Who waits for more is left alone after this time (ms): nothing would happen. */
const PATIENCE_MS = 500;

/** Sends the bytes, and reads until the other side has ended or waits for more. */
async function send(port: number, text: string): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined).resume();
  socket.write(Buffer.from(text, "latin1"));
  const timer = setTimeout(() => socket.destroy(), PATIENCE_MS);
  await new Promise((resolve) => socket.on("close", resolve));
  clearTimeout(timer);
}

async function sendStream(port: number, fields: readonly (readonly [string, string])[], body = ""): Promise<void> {
  using client = await openFrames(port);
  client.write(frame(HEADERS, END_HEADERS | (body === "" ? END_STREAM : 0), 1, block(...fields)));
  if (body !== "") client.write(frame(DATA, END_STREAM, 1, body));
  const answered = client.next(({ stream }) => stream === 1).catch(() => undefined);
  await Promise.race([answered, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
}

/** The requests of each case, as they were seen; with `status`, those that it was the answer to. */
function requestsOf(seen: string, status = ""): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const line of seen.split("\n").filter((one) => one.includes(`" ${status}`))) {
    // The first one is what was asked for; others are in its target.
    const [, at = "", name = ""] = /\/c(\d{3})\/(\w+)/.exec(line) ?? [];
    if (at !== "") found.set(at, [...(found.get(at) ?? []), name]);
  }
  return found;
}

/** Of one length, so that no case has another one for each of its numbers. */
function numbered(number: number): string {
  return String(number).padStart(3, "0");
}

/** Whatever their order: logs are written when a request ends. */
function isWithin(part: readonly string[], whole: readonly string[]): boolean {
  const left = [...whole];
  return part.every((one) => left.includes(one) && left.splice(left.indexOf(one), 1).length > 0);
}

/** @param cases Sends what each is, by its number. */
async function expectSameRequests(
  front: Reader,
  back: Reader,
  cases: readonly { what: string; send(number: string): Promise<void> }[],
): Promise<void> {
  await Promise.all(cases.map((one, number) => one.send(numbered(number))));
  const end = `/c${numbered(cases.length)}/end`;
  await send(front.port, `GET ${end} HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n`);
  for (const reader of [front, back]) await expect.poll(() => reader.seen()).toContain(end);
  const [before, behind] = [requestsOf(front.seen()), requestsOf(back.seen())];
  const answered = requestsOf(front.seen(), "200");
  const differences = cases.flatMap(({ what }, number) => {
    const [first = [], then = [], right = []] = [before, behind, answered].map((seen) => seen.get(numbered(number)));
    const isSame = isWithin(then, first) && isWithin(right, then);
    return isSame ? [] : [`${what}: ${first.join()} (answered: ${right.join()}) became ${then.join()}`];
  });
  expect(differences).toEqual([]);
  // What nobody doubts comes through, or nothing was tried.
  expect(behind.get(numbered(1))).toEqual(expect.arrayContaining(["first"]));
}

function casesFor(front: Reader) {
  return Object.entries(AMBIGUOUS).flatMap(([group, texts]) =>
    texts.map((text) => ({
      what: `${group}: ${JSON.stringify(text)}`,
      send: (number: string) => send(front.port, (text + NEXT).replaceAll("@@@", number)),
    })),
  );
}

const BESIDE = [
  { name: "node:http", isThere: true, start: nodeReader },
  { name: "nginx", isThere: HAS_NGINX, start: nginxReader },
  { name: "HAProxy", isThere: HAS_HAPROXY, start: haproxyReader },
];

describe.each(BESIDE)("$name", ({ isThere, start }) => {
  it.skipIf(!isThere)("behind the agent sees no other requests", async () => {
    await using back = await start();
    await using front = await agentReader(back.port);
    await expectSameRequests(front, back, casesFor(front));
  });

  it.skipIf(!isThere)("behind the agent sees no other requests than were streams of HTTP/2", async () => {
    await using back = await start();
    await using front = await agentReader(back.port);
    const cases = Object.entries(AMBIGUOUS_STREAMS).flatMap(([group, streams]) =>
      streams.map(([fields, body]) => ({
        what: `${group}: ${JSON.stringify([fields, body])}`,
        send: (number: string) =>
          sendStream(
            front.port,
            fields.map(([name, value]) => [name.replaceAll("@@@", number), value.replaceAll("@@@", number)]),
            body?.replaceAll("@@@", number),
          ),
      })),
    );
    await expectSameRequests(front, back, cases);
  });

  it.skipIf(!isThere)("in front of the agent lets it see no other requests", async () => {
    await using back = await agentReader();
    await using front = await start(back.port);
    await expectSameRequests(front, back, casesFor(front));
  });
});
