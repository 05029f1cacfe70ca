/** A request in its trace, from the visitor to the application and the collector. */
import { once } from "node:events";
import { createServer, request as ask, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { configOf } from "../../../../support/agent/config.ts";
import { startWorker, type WorkerHarness } from "../../../../support/agent/worker-harness.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  attributes: { key: string; value: Record<string, unknown> }[];
}

let seen: IncomingHttpHeaders[] = [];
const spans: Span[] = [];
let collectorStatus = 200;
const application = createServer((request, response) => {
  seen.push(request.headers);
  response.end("ok");
});
const collector = createServer((request, response) => {
  void text(request).then((body) => {
    const told = JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] };
    spans.push(...(told.resourceSpans[0]?.scopeSpans[0]?.spans ?? []));
    response.writeHead(collectorStatus).end("{}");
  });
});
let worker: WorkerHarness;

async function addressOf(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

beforeAll(async () => {
  const shop = { id: "shop", hosts: ["shop"], rules: [{ handler: { type: "proxy" as const, upstream: "app" } }] };
  worker = await startWorker(
    configOf([shop], {
      upstreams: { app: { targets: [await addressOf(application)] } },
      tracing: { endpoint: `${await addressOf(collector)}/v1/traces`, sample: 0 },
    }),
  );
});

afterAll(async () => {
  await worker.close();
  application.close();
  collector.close();
});

async function visit(
  headers: Record<string, string | string[]>,
  path = "/a?secret",
): Promise<IncomingHttpHeaders | undefined> {
  seen = [];
  const request = ask({
    port: worker.port,
    host: "127.0.0.1",
    path,
    headers: { host: "shop", ...headers },
  });
  request.end();
  const [response] = (await once(request, "response")) as [NodeJS.ReadableStream];
  await text(response);
  return seen[0];
}

it("takes none of two traces for the visitor's, and passes on neither", async () => {
  const told = await visit({ traceparent: [`00-${TRACE}-${SPAN}-00`, `00-${SPAN}${SPAN}-${SPAN}-00`] });
  expect(told?.traceparent).toMatch(/^00-\w{32}-\w{16}-00$/);
  expect(told?.traceparent).not.toContain(SPAN);
});

it("goes on with the trace of a visitor, tells the application, and sends a span", async () => {
  const told = await visit({ traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: "a=b" });
  expect(told?.tracestate).toBe("a=b");
  const [, trace, span] = /^00-(\w{32})-(\w{16})-01$/.exec(told?.traceparent?.toString() ?? "") ?? [];
  expect(trace).toBe(TRACE);
  expect(span).not.toBe(SPAN);
  await expect.poll(() => spans, { timeout: 10_000 }).toHaveLength(1);
  expect(spans[0]).toMatchObject({ traceId: TRACE, spanId: span, parentSpanId: SPAN, name: "GET", kind: 2 });
  const attributes = Object.fromEntries(
    spans[0]?.attributes.map(({ key, value }) => [key, Object.values(value)[0]]) ?? [],
  );
  expect(attributes).toMatchObject({
    "http.response.status_code": "200",
    "url.path": "/a",
    "server.address": "shop",
    "backsoon.site": "shop",
    "backsoon.maintenance": false,
  });
  expect(JSON.stringify(spans)).not.toContain("secret");
});

it("begins a trace where there is none that counts, and sends no span of what is not sampled", async () => {
  const before = spans.length;
  const told = await visit({ traceparent: "nonsense", tracestate: "a=b" });
  expect(told?.traceparent).toMatch(/^00-(?!0+-)\w{32}-\w{16}-00$/);
  expect(told?.tracestate).toBeUndefined();
  const other = await visit({});
  expect(other?.traceparent).not.toBe(told?.traceparent);
  await visit({ traceparent: `00-${TRACE}-${SPAN}-01` }, `/${"a".repeat(20_000)}`);
  await expect.poll(() => spans.length, { timeout: 10_000 }).toBe(before + 1);
  // Collectors refuse batches that are too large.
  expect(JSON.stringify(spans.at(-1)).length).toBeLessThan(4000);
});

it("of a collector that refuses costs spans, which is said", async () => {
  collectorStatus = 503;
  await visit({ traceparent: `00-${TRACE}-${SPAN}-01` });
  await expect
    .poll(() => worker.log, { timeout: 10_000 })
    .toMatch(/traces cannot be sent, spans are lost; requests are not affected .*why="the collector answered 503"/);
});
