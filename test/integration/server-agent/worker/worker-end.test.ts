/**
 * How a worker ends what is left: a generation that expires, a worker that retires, a supervisor
 * that is gone.
 */
import { afterEach, expect, it } from "vitest";
import { openRaw } from "../../../support/http/raw-client.ts";
import { configWith, startWorker, type WorkerHarness } from "../../../support/agent/worker-harness.ts";

let worker: WorkerHarness;
afterEach(() => worker.close());

const GET = "GET / HTTP/1.1\r\nHost: shop\r\n\r\n";
const LARGE = "x".repeat(24 * 1024 * 1024);
function answering(body: string) {
  return configWith([{ id: "shop", hosts: ["shop"], rules: [{ handler: { type: "respond", body } }] }]);
}

it("retire: open connections get one more answer, with Connection: close, and the process ends with the last one", async () => {
  worker = await startWorker(answering("ok"));
  using asking = await openRaw(worker.port);
  using idle = await openRaw(worker.port);
  using busy = await openRaw(worker.port);
  for (const client of [asking, idle]) expect((await client.ask(GET)).headers.connection).toBeUndefined();
  await worker.serve(answering(LARGE));
  await busy.write(GET);
  await worker.inFlight((request) => request.bytesSent > 0);

  worker.send({ type: "retire", lingerSeconds: 1 });
  await worker.requests();
  const last = await asking.ask("HEAD / HTTP/1.1\r\nHost: shop\r\n\r\n", false);
  expect(last.headers.connection).toBe("close");
  expect(await asking.rest()).toBe("");
  // The idle one is half-closed after its time, without a reset.
  expect(await idle.rest()).toBe("");
  expect(idle.failure).toBe("");
  for (const client of [asking, idle]) client.destroy();
  expect((await busy.read()).body).toBe(LARGE);
  busy.destroy();
  expect(await worker.exited).toBe(0);
});

it("retire: who was promised that his connection goes on while it is answered gets one more answer", async () => {
  worker = await startWorker(answering(LARGE));
  using client = await openRaw(worker.port);
  await client.write(GET);
  await worker.inFlight((request) => request.bytesSent > 0);
  worker.send({ type: "retire", lingerSeconds: 30 });
  await worker.requests();
  const first = await client.read();
  expect([first.headers.connection, first.body.length]).toEqual([undefined, LARGE.length]);
  const second = await client.ask(GET);
  expect([second.headers.connection, second.body.length]).toEqual(["close", LARGE.length]);
  expect(await client.rest()).toBe("");
  client.destroy();
  expect(await worker.exited).toBe(0);
});

it("retire without lingering closes idle connections at once and keeps what is in flight", async () => {
  worker = await startWorker(answering(LARGE));
  using idle = await openRaw(worker.port);
  using busy = await openRaw(worker.port);
  await busy.write(GET);
  await worker.inFlight((request) => request.bytesSent > 0);
  worker.send({ type: "retire", lingerSeconds: 0 });
  expect(await idle.rest()).toBe("");
  idle.destroy();
  expect((await busy.read()).body.length).toBe(LARGE.length);
  busy.destroy();
  expect(await worker.exited).toBe(0);
});

it("expire: what runs on older generations is cut after a grace and counted; the active generation goes on", async () => {
  worker = await startWorker(answering(LARGE));
  using stuck = await openRaw(worker.port);
  await stuck.write(GET);
  await worker.inFlight((request) => request.bytesSent > 0);
  await worker.serve(answering("new"));
  using client = await openRaw(worker.port);
  await client.ask(GET);
  worker.send({ type: "expire", generation: 1 });
  while (worker.counted?.generations[1]?.cut !== 1) await worker.next("counted");
  expect(worker.counted.generations[1]).toEqual({
    inFlight: 0,
    drained: 0,
    cut: 1,
    hosts: { shop: { inFlight: 0, drained: 0, cut: 1 } },
  });
  expect((await client.ask(GET)).body).toBe("new");
});

it("expire: a response that ends within the grace has drained, and its connection goes on", async () => {
  worker = await startWorker(answering(LARGE));
  using client = await openRaw(worker.port);
  await client.write(GET);
  await worker.inFlight((request) => request.bytesSent > 0);
  await worker.serve(answering("new"));
  worker.send({ type: "expire", generation: 1 });
  await worker.requests();
  expect((await client.read()).body.length).toBe(LARGE.length);
  expect((await client.ask(GET)).body).toBe("new");
  const drained = (): number | undefined => worker.counted?.generations[1]?.drained;
  while (drained() !== 1) await worker.next("counted");
});

it("a worker that has lost its supervisor makes room at once, ends what is in flight, and exits", async () => {
  worker = await startWorker(answering(LARGE));
  using busy = await openRaw(worker.port);
  await busy.write(GET);
  await worker.inFlight((request) => request.bytesSent > 0);
  worker.disconnect();
  worker.closeSocket();
  // The port is free as soon as the worker's copy of the socket is closed, long before its last
  // response.
  await expect.poll(() => worker.canBind(), { timeout: 5000 }).toBe(true);
  expect((await busy.read()).body.length).toBe(LARGE.length);
  busy.destroy();
  expect(await worker.exited).toBe(0);
});

it("signals to the process group are the supervisor's business", async () => {
  worker = await startWorker(answering("ok"));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.kill(worker.pid, signal);
  using client = await openRaw(worker.port);
  expect((await client.ask(GET)).body).toBe("ok");
});
