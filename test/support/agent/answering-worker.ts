/** A worker as the supervisor sees it, without a process: prepares and commits what it is told. */
import type { ChannelEvents } from "../../../server-agent/adapters/builtin/worker-channel.ts";
import { WorkerProcess } from "../../../server-agent/adapters/builtin/worker-process.ts";
import { createLog } from "../../../server-agent/log.ts";

/**
 * @param later When it answers: calls what it is given then.
 * @returns `tell`: says something of its own accord.
 */
export function answeringWorker(later: (answer: () => void) => void) {
  let tell: ChannelEvents["message"] = () => undefined;
  const channel = {
    pid: 1,
    open: ({ message }: ChannelEvents) => {
      tell = message;
    },
    send: (message: { type: string; generation?: number }) => {
      const { generation = 0 } = message;
      const answer = message.type === "commit" ? "committed" : "prepared";
      later(() => tell({ type: answer, generation }));
    },
    kill: () => undefined,
    cut: () => undefined,
  };
  const nothing = (): void => undefined;
  const events = {
    counters: nothing,
    accepting: nothing,
    figures: nothing,
    passesUsed: nothing,
    targetFailing: nothing,
    ended: nothing,
  };
  const worker = new WorkerProcess(1, channel, events, createLog());
  return { worker, tell: (...said: Parameters<ChannelEvents["message"]>) => tell(...said) };
}
