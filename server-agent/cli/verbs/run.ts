import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { createLog, logUnexpected, messageOf } from "../../log.ts";
import { keepMemorySettled } from "../../settle-memory.ts";
import { EXIT } from "../../exit-codes.ts";
import { takePassedSockets } from "../../adapters/builtin/passed-sockets.ts";
import { Predecessor } from "../../supervisor/hand-over/predecessor.ts";
import { nameMainProcess } from "../../supervisor/systemd/notify-systemd.ts";
import { startAgent, type RunningAgent } from "../../agent.ts";
import { holdSignals } from "../hold-signals.ts";
import { UsageError } from "../usage-error.ts";

/**
 * Not below the state directory, which only the agent may enter; and not on a file system that is
 * empty after a reboot, or a closed site would be open before the agent is back.
 */
const DEFAULT_WEB_FOLDER = "/var/lib/backsoon-web";

/** The next one means "nobody" to the system. */
const MAX_USER_ID = 2 ** 32 - 2;

export async function run(args: readonly string[]): Promise<number> {
  const predecessor = Predecessor.join();
  try {
    return await serve(args, predecessor);
  } catch (failure) {
    await predecessor?.fail(messageOf(failure));
    throw failure;
  }
}

async function serve(args: readonly string[], predecessor: Predecessor | undefined): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      config: { type: "string" },
      state: { type: "string" },
      socket: { type: "string" },
      "socket-owner": { type: "string" },
      "web-folder": { type: "string", default: DEFAULT_WEB_FOLDER },
      workers: { type: "string", default: "1" },
      reseed: { type: "boolean", default: false },
      "stop-seconds": { type: "string", default: "30" },
    },
  });
  if (values.state === undefined)
    throw new UsageError("run needs --state DIR, where the agent keeps its configuration and state");
  if (values.socket === undefined) throw new UsageError("run needs --socket PATH, where to create the admin socket");
  const workers = values.workers === "auto" ? availableParallelism() : wholeNumber("--workers", values.workers, 1, 64);
  const stopSeconds = wholeNumber("--stop-seconds", values["stop-seconds"], 0, 86_400);
  const owner = values["socket-owner"];
  const socketOwner = owner === undefined ? undefined : wholeNumber("--socket-owner", owner, 0, MAX_USER_ID);
  const log = createLog((line) => {
    process.stderr.write(line);
    predecessor?.say(line);
  });
  // A log that nobody reads any more must not end the server; nor must a fault at its edge, for
  // with the supervisor every site would go.
  process.stderr.on("error", () => undefined);
  logUnexpected(log);

  const passedSockets = takePassedSockets(process.env, log);
  const releaseSignals = predecessor === undefined ? undefined : holdSignals(predecessor);
  const started = await startAgent({
    config: values.config === undefined ? undefined : resolve(values.config),
    state: resolve(values.state),
    socket: resolve(values.socket),
    socketOwner,
    webFolder: resolve(values["web-folder"]),
    workers,
    // The successor begins with what serves.
    reseed: values.reseed && predecessor === undefined,
    predecessor,
    passedSockets,
    log,
  });
  if (!started.ok) {
    process.stderr.write(`backsoon-agent: ${started.message}\n`);
    await predecessor?.fail(started.message);
    return started.exitCode;
  }
  const { agent } = started;
  const { listeners, generation } = agent;
  let hasEnded = false;
  const ended = untilStopped(agent, stopSeconds, log).finally(() => {
    hasEnded = true;
  });
  releaseSignals?.();
  process.stdout.write(
    `ready ${JSON.stringify({ listeners, socket: resolve(values.socket), pid: process.pid, generation })}\n`,
  );
  if (predecessor === undefined) await nameMainProcess(process.pid, log, () => !hasEnded);
  else log.info("took over", { from: predecessor.pid, version: predecessor.version });
  log.info("serving", {
    generation,
    workers,
    listeners: listeners.map(({ name, address, port }) => `${name}=${address}:${port}`).join(","),
  });
  keepMemorySettled();
  return ended;
}

/** Follows the signals until the agent has stopped. */
function untilStopped(agent: RunningAgent, stopSeconds: number, log: ReturnType<typeof createLog>): Promise<number> {
  return new Promise((resolvePromise) => {
    let stopping = false;
    const stop = (signal: NodeJS.Signals): void => {
      const seconds = stopping ? 0 : stopSeconds;
      log.info(stopping ? "second signal: closing all connections" : "stopping", { signal, seconds });
      stopping = true;
      agent.close(seconds).then(
        () => {
          log.info("stopped");
          resolvePromise(EXIT.ok);
        },
        (failure: unknown) => {
          log.error("could not stop cleanly", { why: messageOf(failure) });
          resolvePromise(EXIT.failed);
        },
      );
    };
    void agent.handedOver.then(() => {
      log.info("last connection closed");
      resolvePromise(EXIT.ok);
    });
    process.on("SIGTERM", stop);
    process.on("SIGINT", stop);
    process.on("SIGHUP", () => void agent.restart("SIGHUP"));
    // As nginx and Apache have it; without a listener, Node would open its debugger by the first.
    for (const signal of ["SIGUSR1", "SIGUSR2"] as const)
      process.on(signal, () => {
        log.info("reopened log files", { signal });
        agent.reopenLogs();
      });
  });
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most))
    throw new UsageError(
      `${option} must be a whole number from ${least} to ${most}${option === "--workers" ? ", or auto" : ""}`,
    );
  return value;
}
