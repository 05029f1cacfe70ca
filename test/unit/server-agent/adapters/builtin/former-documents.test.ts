import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import type { Config } from "../../../../../server-agent/contract/config.ts";
import { answeringWorker } from "../../../../support/agent/answering-worker.ts";
import { configOf } from "../../../../support/agent/config.ts";

const TIMEOUT_MS = 1000;

it("documents that no worker serves any more are not kept in memory", async () => {
  const { worker } = answeringWorker(setImmediate);
  const documents: WeakRef<Config>[] = [];
  for (let generation = 1; generation <= 20; generation++) {
    const service = { generation, config: configOf([]), compileMs: 0 };
    documents.push(new WeakRef(service.config));
    await worker.prepare(service, TIMEOUT_MS);
    await worker.commit(service, [], TIMEOUT_MS);
  }
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  // What was looked at through a weak reference stays for the rest of the turn.
  await turn();
  collect();
  expect(documents.filter((document) => document.deref() !== undefined).length).toBeLessThan(4);
  expect(worker.generation).toBe(20);
});
