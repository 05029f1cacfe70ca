/** A worker process without the agent's command line around it. */
import { runWorker } from "../../../server-agent/worker/worker.ts";
import type { WorkerBoot } from "../../../server-agent/worker/protocol.ts";

runWorker(JSON.parse(process.env.BACKSOON_WORKER ?? "") as WorkerBoot);
