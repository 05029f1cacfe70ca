/** Composition root of a worker process: serves visitors, does what the supervisor says. */
import { randomBytes } from "node:crypto";
import type { Problem } from "../contract/errors.ts";
import { createLog, logUnexpected, messageOf } from "../log.ts";
import { UpstreamPools } from "./upstream/upstream-pools.ts";
import type { FromWorker, ToWorker, WorkerBoot } from "./protocol.ts";
import { AccessLogs } from "./access-log/access-logs.ts";
import { GeoFiles } from "./clients/geo-files.ts";
import { Counters } from "./counters.ts";
import { Descriptors } from "./descriptors.ts";
import { Drain } from "./drain.ts";
import { type FiguresSample, WorkerFigures } from "./figures/worker-figures.ts";
import { FileExistence } from "./files/file-existence.ts";
import { Generations } from "./generations.ts";
import { HttpServer } from "./http-server.ts";
import { describe, InFlightList } from "./in-flight.ts";
import { AcmeChallenges } from "./handlers/acme-challenges.ts";
import { Passes } from "./passes/passes.ts";
import { Pipeline } from "./pipeline.ts";
import { Tracer } from "./tracing/tracer.ts";
import { Contexts } from "./tls/contexts.ts";
import { FailedHandshakes } from "./tls/failed-handshakes.ts";
import { TlsChallenge } from "./tls/tls-challenge.ts";

/** As OpenSSL has it: a name, a key that signs, and one that hides. */
const TICKET_KEY_BYTES = 48;

/**
 * Runs this process as a worker; it ends by itself when it was retired or has lost its supervisor.
 */
export function runWorker(boot: WorkerBoot): void {
  const log = createLog().with({ worker: boot.worker });
  const send = (message: FromWorker, sent: () => void = () => undefined): void => {
    // The channel can close at any moment; `disconnect` is where that is dealt with.
    if (process.connected) process.send?.(message, undefined, {}, sent);
    else sent();
  };
  const logs = new AccessLogs(log);
  const inFlight = new InFlightList();
  const upstreams = new UpstreamPools((target) => {
    send({ type: "target-failing", target });
  });
  const warn = (line: string): void => {
    log.warn(line);
  };
  const generations = new Generations({
    logs,
    context: {
      upstreams,
      authKey: boot.proofToken,
      log: warn,
    },
  });
  const counters = new Counters(generations, inFlight, send, log);
  const passes = new Passes((uses) => {
    send({ type: "passes-used", uses });
  });
  const challenges = new AcmeChallenges();
  const figures = new WorkerFigures(
    (message) => {
      send({ type: "figures", ...message });
    },
    (): ReturnType<FiguresSample> => ({
      open: { ...server.open, held: inFlight.held },
      lostLines: logs.lost,
      lostSpans: tracer.lost,
    }),
  );
  const tracer = new Tracer(log);
  const pipeline = new Pipeline({
    tracer,
    figures,
    passes,
    challenges,
    generations,
    inFlight,
    counters,
    files: new FileExistence(),
    geo: new GeoFiles(warn),
    proofToken: boot.proofToken,
    log,
  });
  const contexts = new Contexts(log);
  const tlsChallenge = new TlsChallenge();
  const handshakes = new FailedHandshakes(log);
  // Replaced by that of all workers before anybody is served.
  let ticketKey = randomBytes(TICKET_KEY_BYTES);
  const server = new HttpServer({
    sink: pipeline,
    entrances: {
      contexts,
      challenge: tlsChallenge,
      certificateFolder: boot.certificateFolder,
      ticketKey: () => ticketKey,
      table: () => generations.active?.table,
      secured: (isResumed) => {
        figures.edge.handshakes += 1;
        if (isResumed) figures.edge.resumed += 1;
      },
      failed: (reason, why, client) => {
        figures.refused(reason);
        handshakes.count(why, client);
      },
    },
    descriptors: new Descriptors(),
    makeRoom: () => {
      upstreams.closeIdle();
    },
    accepting: (isFull, failed) => {
      send({ type: "accepting", isFull, failed });
    },
    log,
  });
  contexts.replaced = () => {
    server.refreshEntrances();
  };
  const drain = new Drain(inFlight, server, counters, () => {
    void Promise.all([logs.end(), tracer.finish()]).then(() => {
      // Not before the last figures are out: a worker that ends without them has cut, as far as the
      // supervisor knows, what it had in flight.
      figures.report();
      counters.report(() => process.exit(0));
    });
  });

  const tell = async (generation: number, preparation: Promise<Problem[]>): Promise<void> => {
    const problems = await preparation;
    send(problems.length === 0 ? { type: "prepared", generation } : { type: "refused", generation, problems });
  };
  const receive = (message: ToWorker, handle: unknown): void => {
    switch (message.type) {
      case "prepare":
        void tell(message.generation, generations.prepare(message.generation, message.config));
        break;
      case "prepare-from":
        void tell(message.generation, generations.prepareFrom(message.generation, message.base, message.delta));
        break;
      case "commit":
        if (generations.commit(message.generation)) {
          server.rename(message.listeners);
          counters.report();
          send({ type: "committed", generation: message.generation });
        } else {
          log.error("told to serve a generation that is not prepared", { generation: message.generation });
        }
        break;
      case "abort":
        generations.abort(message.generation);
        break;
      case "listen":
        server.listen(message.listener, handle).then(
          () => {
            send({ type: "listening", socket: message.listener.socket });
          },
          (failure: unknown) => {
            log.error("cannot listen", { listener: message.listener.name, why: messageOf(failure) });
          },
        );
        break;
      case "unlisten":
        server.unlisten(message.socket);
        break;
      case "expire":
        drain.expire(message.generation);
        break;
      case "retire":
        drain.retire(message.lingerSeconds);
        break;
      case "leave":
        drain.leave();
        break;
      case "list-requests":
        send({
          type: "requests",
          ask: message.ask,
          ...inFlight.list(message.filter ?? {}, message.limit ?? Infinity, boot.worker),
        });
        break;
      case "cut-request": {
        const entry = inFlight.find(message.id, boot.worker);
        const request = entry === undefined ? undefined : describe(entry, boot.worker);
        if (entry !== undefined) drain.cut(entry);
        send({ type: "cut", ask: message.ask, request });
        break;
      }
      case "passes":
        passes.replace(message.passes);
        send({ type: "passes-known", ask: message.ask });
        break;
      case "down-targets":
        upstreams.useDown(message.down);
        break;
      case "ticket-key":
        ticketKey = Buffer.from(message.key, "hex");
        server.refreshEntrances();
        break;
      case "acme-accounts":
        challenges.use(message.thumbprints);
        break;
      case "tls-challenge":
        tlsChallenge.use(message.challenge);
        send({ type: "tls-challenge-known", ask: message.ask });
        break;
      case "refresh-certificates":
        void contexts.refresh().finally(() => {
          send({ type: "certificates-refreshed", ask: message.ask });
        });
        break;
      case "reopen-logs":
        logs.reopen();
        break;
    }
  };
  process.on("message", receive);
  process.on("disconnect", () => {
    drain.orphaned();
  });
  // Signals reach the whole process group or control group; what they mean for a worker, the
  // supervisor says.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"] as const)
    process.on(signal, () => undefined);
  logUnexpected(log);
  send({ type: "ready" });
}
