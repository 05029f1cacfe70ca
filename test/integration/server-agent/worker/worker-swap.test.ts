/**
 * Promises 1 to 3 on one worker: a swap is one reference, and nobody notices it but by the next
 * answer.
 */
import { afterEach, expect, it } from "vitest";
import type { Config } from "../../../../server-agent/contract/config.ts";
import { openRaw } from "../../../support/http/raw-client.ts";
import { configWith, PROOF_TOKEN, startWorker, type WorkerHarness } from "../../../support/agent/worker-harness.ts";

let worker: WorkerHarness;
afterEach(() => worker.close());

const GET = "GET / HTTP/1.1\r\nHost: shop\r\n\r\n";
function answering(body: string, listeners: Partial<Config> = {}): Config {
  return configWith([{ id: "shop", hosts: ["shop"], rules: [{ handler: { type: "respond", body } }] }], listeners);
}
/**
 * More than the socket buffers of both sides take, so that the response is in flight for as long as
 * the client does not read.
 */
const LARGE = "x".repeat(24 * 1024 * 1024);

it("answers the next request of an open connection by the new generation, a hundred times", async () => {
  worker = await startWorker(answering("0"));
  using client = await openRaw(worker.port);
  for (let count = 1; count <= 100; count += 1) {
    await worker.serve(answering(String(count)));
    expect((await client.ask(GET)).body).toBe(String(count));
  }
  expect(client.closed).toBe(false);
});

it("refuses a document that does not compile, and serves on", async () => {
  worker = await startWorker(answering("good"));
  using client = await openRaw(worker.port);
  const problems = await worker.prepare(
    configWith([{ id: "shop", hosts: ["~("], rules: [{ handler: { type: "drop" } }] }]),
  );
  expect(problems[0]?.path).toBe("/virtualHosts/0/hosts/0");
  expect((await client.ask(GET)).body).toBe("good");
});

it("keeps the answer of a prepared generation for after its commit, and forgets an aborted one", async () => {
  worker = await startWorker(answering("old"));
  using client = await openRaw(worker.port);
  expect(await worker.prepare(answering("aborted"))).toEqual([]);
  worker.send({ type: "abort", generation: 2 });
  expect((await client.ask(GET)).body).toBe("old");
  worker.send({ type: "commit", generation: 2, listeners: [] });
  await worker.serve(answering("new"));
  expect((await client.ask(GET)).body).toBe("new");
  expect(worker.log).toContain("not prepared");
});

it("keeps what is prepared while another document is tried out", async () => {
  worker = await startWorker(answering("old"));
  using client = await openRaw(worker.port);
  expect(await worker.prepare(answering("held"))).toEqual([]);
  expect(await worker.prepare(answering("tried out"))).toEqual([]);
  worker.send({ type: "abort", generation: 3 });
  const committed = worker.next("committed");
  worker.send({ type: "commit", generation: 2, listeners: [] });
  expect((await committed).generation).toBe(2);
  expect((await client.ask(GET)).body).toBe("held");
  expect(worker.log).not.toContain("not prepared");
});

it("ends what is in flight on its own generation, and answers what is pipelined behind it by the generation of its turn", async () => {
  worker = await startWorker(answering(LARGE));
  using client = await openRaw(worker.port);
  using other = await openRaw(worker.port);
  // Not read yet: this one stays in flight, and the second waits behind it.
  await client.write(GET + GET);
  await worker.inFlight((request) => request.host === "shop");
  await worker.serve(answering("new"));
  expect((await other.ask(GET)).body).toBe("new");
  await client.write(GET);
  expect((await client.read()).body).toBe(LARGE);
  expect((await client.read()).body).toBe("new");
  expect((await client.read()).body).toBe("new");
  expect(client.closed).toBe(false);
  const counted = await countedWhen(() => worker.counted?.generations[1]?.drained === 1);
  expect(counted?.generations[1]).toEqual({
    inFlight: 0,
    drained: 1,
    cut: 0,
    hosts: { shop: { inFlight: 0, drained: 1, cut: 0 } },
  });
});

it("a request whose head arrives in pieces belongs to the generation that is active at its end", async () => {
  worker = await startWorker(answering("old"));
  using client = await openRaw(worker.port);
  await client.write("GET / HTTP/1.1\r\nHo");
  await worker.serve(answering("new"));
  await client.write("st: shop\r\n\r\n");
  expect((await client.read()).body).toBe("new");
});

it("tells what is in flight, and cuts one on request", async () => {
  worker = await startWorker(answering(LARGE));
  using client = await openRaw(worker.port);
  await client.write("GET /big?x=1 HTTP/1.1\r\nHost: Shop:80\r\n\r\n");
  const listed = await worker.inFlight((request) => request.bytesSent > 0);
  expect(listed).toMatchObject({
    generation: 1,
    worker: 1,
    virtualHost: "shop",
    site: "shop",
    method: "GET",
    host: "shop",
    path: "/big",
    client: "127.0.0.1",
    kind: "download",
    bytesReceived: 0,
    bytesSent: LARGE.length,
  });
  expect(Math.abs(Date.parse(listed.startedAt) - Date.now())).toBeLessThan(10_000);

  const none = worker.next("cut");
  worker.send({ type: "cut-request", ask: 1, id: "1-999999" });
  expect((await none).request).toBeUndefined();
  const cut = worker.next("cut");
  worker.send({ type: "cut-request", ask: 2, id: listed.id });
  expect((await cut).request?.id).toBe(listed.id);
  await client.rest().catch(() => "");
  while ((await worker.requests()).length > 0);
});

it("counts requests by virtual host and status, but not those of the proof", async () => {
  worker = await startWorker(answering("ok"));
  using client = await openRaw(worker.port);
  await client.ask(GET);
  await client.ask("GET / HTTP/1.1\r\nHost: nobody\r\n\r\n");
  const proof = await client.ask(`GET / HTTP/1.1\r\nHost: shop\r\nBacksoon-Proof: ${PROOF_TOKEN}\r\n\r\n`);
  expect(proof.headers["backsoon-answered-by"]).toBe("shop;generation=1");
  const guess = await client.ask("GET / HTTP/1.1\r\nHost: shop\r\nBacksoon-Proof: token-of-the-proof-in-guess\r\n\r\n");
  expect(guess.headers["backsoon-answered-by"]).toBeUndefined();
  const counted = await countedWhen(() => worker.counted?.hosts.shop?.requests === 2);
  expect(counted?.hosts).toEqual({
    shop: { requests: 2, inFlight: 0, status: { "2xx": 2 } },
    default: { requests: 1, inFlight: 0, status: { "4xx": 1 } },
  });
});

it("reports its figures before it says that it has switched", async () => {
  worker = await startWorker(answering("one"));
  using client = await openRaw(worker.port);
  await client.ask(GET);
  await worker.serve(answering("two"));
  expect(worker.counted?.hosts.shop?.requests).toBe(1);
});

it("stops accepting on a listener without touching its connections, and accepts again", async () => {
  worker = await startWorker(answering("ok"));
  using client = await openRaw(worker.port);
  await client.ask(GET);
  worker.send({ type: "unlisten", socket: 1 });
  await worker.requests();
  expect((await client.ask(GET)).body).toBe("ok");
  // The supervisor's copy of the socket is open: a new connection waits in its queue, and is not
  // refused.
  using waiting = await openRaw(worker.port);
  await waiting.write(GET);
  await worker.listen();
  expect((await waiting.read()).body).toBe("ok");
});

async function countedWhen(holds: () => boolean): Promise<WorkerHarness["counted"]> {
  while (!holds()) await worker.next("counted");
  return worker.counted;
}
