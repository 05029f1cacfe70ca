/**
 * The program of a worker. `tools/build.ts` puts it into the same file as the agent, but apart from
 * it: a worker neither compiles nor keeps what only the supervisor and the command line need.
 */
import { settleMemory } from "./settle-memory.ts";
import type { WorkerBoot } from "./worker/protocol.ts";
import { runWorker } from "./worker/worker.ts";

runWorker(JSON.parse(process.env.BACKSOON_WORKER ?? "") as WorkerBoot);
settleMemory();
