/** Applications that speak FastCGI, SCGI or uwsgi, byte by byte. */
import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Upstream } from "../../../../../server-agent/contract/upstream.ts";
import type { Handler } from "../../../../../server-agent/contract/handler.ts";
import { configWith, startWorker, type WorkerHarness } from "../../../../support/agent/worker-harness.ts";
import { ask, type Question } from "../../../../support/http/ask.ts";
import { openRaw } from "../../../../support/http/raw-client.ts";

const PROTOCOLS = ["fastcgi", "scgi", "uwsgi"] as const;
type Type = (typeof PROTOCOLS)[number];

interface Request {
  readonly variables: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What is there of a request; undefined: more must come. */
const READ: Readonly<Record<Type, (bytes: Buffer) => Request | undefined>> = {
  fastcgi(bytes) {
    let params = Buffer.alloc(0);
    let body = "";
    for (let at = 0; at + 8 <= bytes.length;) {
      const length = bytes.readUInt16BE(at + 4);
      if (at + 8 + length > bytes.length) return undefined;
      const content = bytes.subarray(at + 8, at + 8 + length);
      const type = bytes[at + 1];
      if (type === 4) params = Buffer.concat([params, content]);
      if (type === 5 && length === 0) return { variables: pairs(params, (from) => lengthBE(params, from)), body };
      if (type === 5) body += content.toString();
      at += 8 + length;
    }
    return undefined;
  },
  scgi(bytes) {
    const text = bytes.toString("latin1");
    const [, length = ""] = /^(\d+):/.exec(text) ?? [];
    const begin = length.length + 1;
    const end = begin + Number(length);
    if (length === "" || text.length < end + 1) return undefined;
    const fields = text.slice(begin, end).split("\0");
    const variables = Object.fromEntries(
      fields.flatMap((name, index) => (index % 2 === 0 && name !== "" ? [[name, fields[index + 1] ?? ""]] : [])),
    );
    expect([fields[0], fields[2], fields[3], text[end]]).toEqual(["CONTENT_LENGTH", "SCGI", "1", ","]);
    const body = text.slice(end + 1);
    return body.length < Number(variables.CONTENT_LENGTH) ? undefined : { variables, body };
  },
  uwsgi(bytes) {
    const size = bytes.length < 4 ? Infinity : bytes.readUInt16LE(1);
    if (bytes.length < 4 + size) return undefined;
    expect([bytes[0], bytes[3]]).toEqual([0, 0]);
    const content = bytes.subarray(4, 4 + size);
    const variables = pairsOfUwsgi(content);
    const body = bytes.subarray(4 + size).toString();
    return body.length < Number(variables.CONTENT_LENGTH ?? 0) ? undefined : { variables, body };
  },
};

function lengthBE(bytes: Buffer, at: number): { length: number; next: number } {
  const short = bytes.readUInt8(at);
  return short < 128 ? { length: short, next: at + 1 } : { length: bytes.readUInt32BE(at) & 0x7fffffff, next: at + 4 };
}

function pairs(bytes: Buffer, lengthAt: (at: number) => { length: number; next: number }): Record<string, string> {
  const read: Record<string, string> = {};
  for (let at = 0; at < bytes.length;) {
    const name = lengthAt(at);
    const value = lengthAt(name.next);
    const middle = value.next + name.length;
    at = middle + value.length;
    read[bytes.toString("latin1", value.next, middle)] = bytes.toString("latin1", middle, at);
  }
  return read;
}

function pairsOfUwsgi(bytes: Buffer): Record<string, string> {
  const read: Record<string, string> = {};
  const texts: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 2 + bytes.readUInt16LE(at);
    texts.push(bytes.toString("latin1", at + 2, end));
    at = end;
  }
  for (let index = 0; index < texts.length; index += 2) read[texts[index] ?? ""] = texts[index + 1] ?? "";
  return read;
}

/** Responses as CGI, by the type of the application. */
function written(type: Type, text: string): Buffer {
  if (type !== "fastcgi") return Buffer.from(text);
  const head = Buffer.from([1, 6, 0, 1, text.length >> 8, text.length & 255, 0, 0]);
  return Buffer.concat([head, Buffer.from(text), Buffer.from([1, 3, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])]);
}

const servers: Server[] = [];
let answer: (request: Request) => string = () => "";
let requests: Request[] = [];
let worker: WorkerHarness;

async function startApplication(type: Type): Promise<number> {
  const server = createServer((socket) => {
    let received = Buffer.alloc(0);
    socket
      .on("error", () => undefined)
      .on("data", (bytes: Buffer) => {
        received = Buffer.concat([received, bytes]);
        const request = READ[type](received);
        if (request === undefined) return;
        requests.push(request);
        socket.end(written(type, answer(request)));
      });
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  const ports = await Promise.all(PROTOCOLS.map(startApplication));
  const scheme = { fastcgi: "fcgi", scgi: "scgi", uwsgi: "uwsgi" };
  const auth = { type: "basic" as const, realm: "Staff", users: { anna: `$2b$10$${"x".repeat(53)}` } };
  const sites = PROTOCOLS.map((type) => ({
    id: type,
    hosts: [type],
    rules: [
      {
        when: { path: "/own" },
        handler: { type: "respond", body: "of the site" } as Handler,
        responseHeaders: { set: { "X-Own": "1" } },
      },
      { when: { path: "/guarded" }, auth, handler: { type: "respond", body: "guarded" } as Handler },
      { when: { path: "/pixel.gif" }, handler: { type: "emptyGif" } as Handler },
      { when: { path: "/moved/*" }, handler: { type: "rewrite", to: "/app/$1", regex: "^/moved/(.*)" } as Handler },
      { handler: { type, upstream: type, mount: "/app", params: { A: "ü" } } as Handler },
    ],
  }));
  const upstreams = PROTOCOLS.flatMap((type, index): [string, Upstream][] => {
    const targets = [`${scheme[type]}://127.0.0.1:${String(ports[index])}`];
    return [
      [type, { targets }],
      [`${type}-whole`, { targets, bufferRequests: { maxBytes: 1000 } }],
    ];
  });
  const whole = PROTOCOLS.map((type) => ({
    id: `${type}-whole`,
    hosts: [`whole.${type}`],
    rules: [{ handler: { type, upstream: `${type}-whole`, mount: "/app" } }],
  }));
  worker = await startWorker(configWith([...sites, ...whole], { upstreams: Object.fromEntries(upstreams) }));
});

afterAll(async () => {
  await worker.close();
  for (const server of servers) server.close();
});

afterEach(() => {
  requests = [];
});

describe.each(PROTOCOLS)("an application that speaks %s", (type) => {
  function get(path: string, question: Question = {}) {
    return ask(worker.port, path, { ...question, headers: { Host: type, ...question.headers } });
  }

  it("gets variables and body, and is answered for", async () => {
    answer = ({ body }) => `Status: 201 Made\r\nContent-Type: text/plain\r\n\r\n${body.toUpperCase()}`;
    const body = "order";
    expect(await get("/app/a%20b?c", { method: "POST", body })).toMatchObject({ status: 201, text: "ORDER" });
    const chunked = { "Transfer-Encoding": "chunked" };
    expect(await get("/app", { method: "PUT", body, headers: chunked })).toMatchObject({ status: 201, text: "ORDER" });
    const shared = { SCRIPT_NAME: "/app", A: "ü", CONTENT_LENGTH: "5" };
    expect(
      requests.map(({ variables }) => ({ ...variables, A: Buffer.from(variables.A ?? "", "latin1").toString() })),
    ).toMatchObject([
      { ...shared, REQUEST_METHOD: "POST", PATH_INFO: "/a b", QUERY_STRING: "c" },
      { ...shared, REQUEST_METHOD: "PUT", PATH_INFO: "" },
    ]);
    expect(await get("/application")).toMatchObject({ status: 404 });
  });

  it("gets a body that was waited for", async () => {
    answer = ({ body }) => `Content-Type: text/plain\r\n\r\n${body.toUpperCase()}`;
    using visitor = await openRaw(worker.port);
    await visitor.write(`POST /app HTTP/1.1\r\nHost: whole.${type}\r\nContent-Length: 5\r\n\r\nor`);
    await worker.inFlight(({ bytesReceived }) => bytesReceived === 2);
    await visitor.write("der");
    expect((await visitor.read()).body).toBe("ORDER");
    expect(requests).toMatchObject([{ variables: { CONTENT_LENGTH: "5" }, body: "order" }]);
  });

  it("may leave the answer to another address of the site", async () => {
    answer = ({ variables: { PATH_INFO } }) =>
      PATH_INFO === "/loop"
        ? "Location: /app/loop\n\n"
        : PATH_INFO === "/first"
          ? "Location: /app/second?x\n\n"
          : PATH_INFO === "/guarded"
            ? "Location: /guarded\n\n"
            : PATH_INFO === "/own"
              ? "Location: /own\n\n"
              : PATH_INFO === "/odd"
                ? "Location: /moved/x/../a b?c d\n\n"
                : "Content-Type: text/plain\n\nsecond";
    expect(await get("/app/own", { method: "POST", body: "x" })).toMatchObject({ status: 200, text: "of the site" });
    expect(await get("/app/first", { method: "POST", body: "x" })).toMatchObject({ status: 200, text: "second" });
    expect(requests.at(-1)).toMatchObject({ variables: { REQUEST_METHOD: "GET", QUERY_STRING: "x" }, body: "" });
    expect(requests.at(-1)?.variables.CONTENT_TYPE).toBeUndefined();
    expect(await get("/app/first", { method: "HEAD" })).toMatchObject({ status: 200, text: "" });
    // It gets what was judged.
    expect(await get("/app/odd?x=1")).toMatchObject({ status: 200, text: "second" });
    expect(requests.at(-1)?.variables).toMatchObject({
      PATH_INFO: "/a b",
      REQUEST_URI: "/app/odd?x=1",
      QUERY_STRING: "c%20d",
    });
    expect(await get("/app/loop")).toMatchObject({ status: 500 });
    // The rules of the other address hold: who may see it, and its fields.
    expect(await get("/app/guarded")).toMatchObject({ status: 401 });
    expect(await get("/app/own")).toMatchObject({ headers: { "x-own": "1" } });
  });

  it.each([
    ["", 502],
    ["no head at all", 502],
    ["X-A: b\n\n", 502],
    ["Status: 103 Early\n\n", 502],
  ])("is wrong with %j", async (text, status) => {
    answer = () => text;
    expect(await get("/app/")).toMatchObject({ status });
  });

  it("that says less than it promised is not passed on as whole", async () => {
    answer = () => "Status: 200 OK\nContent-Length: 10\n\nshort";
    // Where all came at once, there is still time to say so.
    const { status, complete } = await get("/app/");
    expect(status === 502 || !complete).toBe(true);
  });

  it("that says more than it promised is cut there", async () => {
    answer = () => "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: keep-alive\r\n\r\nwhole and more";
    expect(await get("/app/")).toMatchObject({ status: 200, text: "who", complete: true });
  });

  it("is not asked for an empty picture", async () => {
    const picture = await get("/pixel.gif");
    expect(picture).toMatchObject({ status: 200, headers: { "content-type": "image/gif" } });
    expect(picture.text.slice(0, 6)).toBe("GIF89a");
    expect(await get("/pixel.gif", { method: "POST", body: "x" })).toMatchObject({ status: 405 });
  });
});
