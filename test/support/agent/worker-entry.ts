/**
 * A worker process without the agent's command line around it. At SIGUSR2 its clock jumps ahead by
 * an hour.
 */
import { runWorker } from "../../../server-agent/worker/worker.ts";
import type { WorkerBoot } from "../../../server-agent/worker/protocol.ts";

const clock = Date.now;
process.on("SIGUSR2", () => {
  Date.now = () => clock() + 3_600_000;
});

runWorker(JSON.parse(process.env.BACKSOON_WORKER ?? "") as WorkerBoot);
