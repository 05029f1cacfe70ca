import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { PendingLines } from "../../../../../server-agent/worker/access-log/log-writer.ts";

const HEAD = Buffer.alloc(32 * 1024, "a");
const LINE_BYTES = 200;

it("that wait keep no more in memory than they are long, but for the latest", () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  const before = getHeapStatistics().used_heap_size;
  const pending = new PendingLines();
  let count = 0;
  // Parts of the heads of their requests.
  for (; count < 10_000; count++) pending.add(HEAD.toString("latin1").slice(-LINE_BYTES));
  collect();
  expect(getHeapStatistics().used_heap_size - before).toBeLessThan(64 * 1024 * 1024);
  const { bytes, lines } = pending.take();
  expect([lines, bytes.length]).toEqual([count, count * LINE_BYTES]);
  expect([pending.bytes, pending.take().bytes.length]).toEqual([0, 0]);
});
