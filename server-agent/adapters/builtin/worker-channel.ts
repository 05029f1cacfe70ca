/**
 * The way to a process that serves visitors: one that was forked here, or an agent that has handed
 * over and drains.
 */
import { fork, type SendHandle } from "node:child_process";
import { type Log, messageOf } from "../../log.ts";
import type { FromWorker, ToWorker, WorkerBoot } from "../../worker/protocol.ts";
import { ownProgram } from "../../program-command.ts";

export interface ChannelEvents {
  message: (message: FromWorker) => void;
  /** The process has ended; called once. */
  ended: (code: number | null, signal: string | null) => void;
  /** It cannot be reached any more, but has not ended yet. */
  disconnected: () => void;
}

export interface WorkerChannel {
  readonly pid: number;
  /** To be called once, before anything is sent. */
  open(events: ChannelEvents, log: Log): void;
  /** Does nothing when the process is ending; its end is told anyway. */
  send(message: ToWorker, handle?: SendHandle): void;
  /** Ends the process at once because it does not answer. */
  kill(): void;
  /** Ends the process and all that is in flight on it. */
  cut(): void;
}

export function forkWorker(boot: WorkerBoot): WorkerChannel {
  const child = fork(ownProgram, ["worker"], {
    env: { ...process.env, BACKSOON_WORKER: JSON.stringify(boot) },
    // Standard output belongs to the `ready` line, and to access logs by another number.
    stdio: ["ignore", 2, 2, "ipc", 1],
  });
  const kill = (): void => void child.kill("SIGKILL");
  return {
    pid: child.pid ?? 0,
    open: ({ message, ended, disconnected }, log) => {
      let isOver = false;
      const end = (code: number | null, signal: string | null): void => {
        if (!isOver) ended(code, signal);
        isOver = true;
      };
      child.on("message", message);
      child.once("exit", end);
      child.on("error", (failure) => {
        log.error("worker process failed", { why: messageOf(failure) });
        if (child.pid === undefined) end(null, null);
      });
      child.once("disconnect", disconnected);
    },
    send: (message, handle) => {
      // An error here means that the process is ending; its `exit` is what counts.
      if (child.connected) child.send(message, handle, {}, () => undefined);
    },
    kill,
    cut: kill,
  };
}
