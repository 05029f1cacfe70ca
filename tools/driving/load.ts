/**
 * Visitors of many kinds who hold the agent to its promises while it switches.
 *
 * A visitor knows what the site's state was ordered to be when its request left and when its answer
 * was complete. If no switch was under way in between, the answer must be that of the state
 * (promise 2); during a switch either state may answer; anything else (refused, reset, cut short,
 * another body) is a failure (promise 1).
 */
import { createHash } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as tlsRequest } from "node:https";
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { WebSocket } from "ws";
import { type Answer, type Asker, type AskTarget, collect, openAsker } from "./asker.ts";
import { DOWNLOAD_BYTES, downloadDigest } from "./origin-server.ts";
import type { SiteState, Truth } from "./truth.ts";

interface LoadResult {
  requests: number;
  live: number;
  maintenance: number;
  /** One line per broken promise. */
  failures: string[];
}

export interface Load {
  /** Resolves when every visitor has completed at least `count` more requests. */
  rounds(count: number): Promise<void>;
  stop(): Promise<LoadResult>;
}

/**
 * `tls` counts for `startLoad`, `startSlowDownload` and `openEchoSocket`, `http2` for `startLoad`
 * alone.
 */
export interface Target extends AskTarget {
  /**
   * What GET visitors ask for where it is not the load tests' own origin, and how its answer is
   * told.
   */
  page?: { path: string; isLive(answer: Answer): boolean };
}

const POST_BODY = "an order of three chairs and a table; ".repeat(30);
const POST_DIGEST = createHash("sha256").update(POST_BODY).digest("hex");

/** What visitors ask of a site, and the whole body with which it answers while it is live. */
export interface LiveSite {
  get: { path: string; answer: string };
  post: { path: string; body: string; answer: string };
  /** Time between an answer and the same visitor's next request. */
  pauseMs: number;
}

const ORIGIN: LiveSite = {
  get: { path: "/page", answer: "the original answers" },
  post: { path: "/echo", body: POST_BODY, answer: POST_DIGEST },
  pauseMs: 0,
};

/**
 * Starts closed-loop visitors: `get` with keep-alive, `fresh` with a new connection for each
 * request, `post` with keep-alive and a body, all on one site: the origin server of the tests
 * unless another is given. Over HTTP/2, `get` and `post` share one connection. `stop()` ends them
 * after the request at hand and returns the counts.
 */
export function startLoad(
  target: Target,
  truth: Truth,
  counts: { get: number; fresh: number; post: number },
  site: LiveSite = ORIGIN,
): Load {
  const result: LoadResult = { requests: 0, live: 0, maintenance: 0, failures: [] };
  let running = true;
  const completed: number[] = [];
  const progress = new EventEmitter().setMaxListeners(0);

  /** Visitors by HTTP/2 share a connection. */
  const shared: Asker | undefined = target.http2 === true ? openAsker(target, true) : undefined;
  const kept = (): Asker => shared ?? openAsker(target, true);

  async function visit(kind: "get" | "fresh" | "post", visitor: number): Promise<void> {
    const asker = kind === "fresh" ? openAsker(target, false) : kept();
    const path = kind === "post" ? site.post.path : (target.page?.path ?? site.get.path);
    const expected = kind === "post" ? site.post.answer : site.get.answer;
    while (running) {
      const before = { state: truth.state, epoch: truth.epoch };
      try {
        const answer = await asker.ask(path, kind === "post" ? site.post.body : undefined);
        result.requests += 1;
        const observed: SiteState | undefined =
          answer.status === 200 &&
          (kind !== "post" && target.page !== undefined ? target.page.isLive(answer) : answer.body === expected)
            ? "live"
            : answer.status === 503 && answer.retryAfter !== undefined
              ? "maintenance"
              : undefined;
        if (observed === undefined)
          result.failures.push(`${kind}: unexpected ${String(answer.status)} ${answer.body.slice(0, 80)}`);
        else {
          result[observed] += 1;
          if (before.epoch === truth.epoch && before.state !== "moving" && observed !== before.state)
            result.failures.push(`${kind}: ${observed} answered although the site was ${before.state}`);
        }
      } catch (error) {
        result.requests += 1;
        result.failures.push(
          `${kind}: ${error instanceof Error ? `${error.message} ${(error as NodeJS.ErrnoException).code ?? ""}` : String(error)}`,
        );
        if (result.failures.length > 1000) running = false;
      }
      completed[visitor] = (completed[visitor] ?? 0) + 1;
      progress.emit("request");
      if (site.pauseMs > 0) await pause(site.pauseMs);
    }
    asker.close();
  }

  const kinds = (["get", "fresh", "post"] as const).flatMap((kind) => Array.from({ length: counts[kind] }, () => kind));
  const visitors = kinds.map((kind, visitor) => visit(kind, visitor));
  return {
    async rounds(count) {
      const goal = kinds.map((_, visitor) => (completed[visitor] ?? 0) + count);
      while (running && goal.some((wanted, visitor) => (completed[visitor] ?? 0) < wanted))
        await once(progress, "request");
    },
    async stop() {
      running = false;
      await Promise.all(visitors);
      return result;
    },
  };
}

export interface SlowDownload {
  /** Resolves to the number of bytes; rejects when it is cut or altered. */
  done: Promise<number>;
  /** Reads the rest as fast as it comes. Resolves and rejects as `done`. */
  finish(): Promise<number>;
}

/** Reads the 48 MB download at `bytesPerSecond`, until it is told to finish. */
export function startSlowDownload(target: Target, bytesPerSecond: number): SlowDownload {
  let isSlow = true;
  let resume = (): void => undefined;
  const done = new Promise<number>((resolve, reject) => {
    const request = (target.tls === true ? tlsRequest : httpRequest)(
      {
        host: "127.0.0.1",
        port: target.port,
        headers: { host: target.host },
        path: "/download",
        servername: target.host,
        rejectUnauthorized: false,
      },
      (response) => {
        const hash = createHash("sha256");
        let bytes = 0;
        const started = performance.now();
        response.on("data", (chunk: Buffer) => {
          hash.update(chunk);
          bytes += chunk.length;
          const ahead = (bytes / bytesPerSecond) * 1000 - (performance.now() - started);
          if (!isSlow || ahead <= 5) return;
          resume = () => response.resume();
          response.pause();
          setTimeout(resume, ahead);
        });
        response.on("end", () => {
          if (bytes !== DOWNLOAD_BYTES) reject(new Error(`download ended after ${String(bytes)} bytes`));
          else if (hash.digest("hex") !== downloadDigest()) reject(new Error("download altered"));
          else resolve(bytes);
        });
        response.on("error", reject);
      },
    );
    request.on("error", reject);
    request.end();
  });
  return {
    done,
    finish() {
      isSlow = false;
      resume();
      return done;
    },
  };
}

/**
 * An upload that trickles until `finish()`, which resolves to whether the server saw exactly what
 * was sent.
 */
export function startSlowUpload(target: Target): { finish(): Promise<boolean> } {
  const hash = createHash("sha256");
  const request = httpRequest({
    host: "127.0.0.1",
    port: target.port,
    method: "POST",
    headers: { host: target.host },
    path: "/upload",
  });
  const digest = new Promise<string>((resolve, reject) => {
    request.on("error", reject);
    request.on("response", (response) => {
      collect(response).then((answer) => {
        resolve(answer.body);
      }, reject);
    });
  });
  digest.catch(() => undefined); // awaited in finish()
  const chunk = Buffer.alloc(1024, "u");
  const timer = setInterval(() => {
    hash.update(chunk);
    request.write(chunk);
  }, 10);
  return {
    async finish() {
      clearInterval(timer);
      request.end();
      return (await digest) === hash.digest("hex");
    },
  };
}

/**
 * A WebSocket that sends a counter and expects each number back; `finish()` resolves to the number
 * of echoes.
 */
export async function openEchoSocket(target: Target): Promise<{ finish(): Promise<number> }> {
  const socket = new WebSocket(`${target.tls === true ? "wss" : "ws"}://127.0.0.1:${String(target.port)}/live`, {
    headers: { host: target.host },
    rejectUnauthorized: false,
  });
  await once(socket, "open");
  let sent = 0;
  let received = 0;
  let failure: Error | undefined;
  const timer = setInterval(() => {
    socket.send(String(sent++));
  }, 10);
  socket.on("message", (data: Buffer) => {
    if (data.toString() !== String(received))
      failure = new Error(`echo ${data.toString()} instead of ${String(received)}`);
    received += 1;
  });
  socket.on("close", (code) => {
    clearInterval(timer);
    if (received < sent) failure ??= new Error(`WebSocket closed with ${String(code)}`);
  });
  socket.on("error", (error) => (failure = error));
  return {
    async finish() {
      clearInterval(timer);
      while (received < sent && failure === undefined)
        await Promise.race([once(socket, "message"), once(socket, "close")]);
      if (failure !== undefined) throw failure;
      socket.close();
      await once(socket, "close");
      return received;
    },
  };
}

/** An event stream whose ticks must come without a gap; `finish()` resolves to their number. */
export async function openEventStream(target: Target): Promise<{ finish(): number }> {
  const request = httpRequest({
    host: "127.0.0.1",
    port: target.port,
    headers: { host: target.host, accept: "text/event-stream" },
    path: "/events",
  });
  request.end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`event stream: ${String(response.statusCode)}`);
  let text = "";
  let ended = false;
  response.setEncoding("utf8");
  response.on("data", (chunk: string) => (text += chunk));
  response.on("close", () => (ended = true));
  response.on("error", () => (ended = true));
  return {
    finish() {
      if (ended) throw new Error("event stream was closed");
      const ticks = text.split("\n\n").slice(0, -1);
      ticks.forEach((tick, index) => {
        if (tick !== `data: ${String(index)}`) throw new Error(`event ${String(index)} is ${tick}`);
      });
      request.destroy();
      return ticks.length;
    },
  };
}

/** One raw keep-alive connection, so that "the same socket" is certain. */
export async function openIdleConnection(
  target: Target,
): Promise<{ ask(path: string): Promise<{ status: number; head: string }>; readonly closed: boolean; close(): void }> {
  const socket: Socket = connect(target.port, "127.0.0.1");
  await once(socket, "connect");
  let closed = false;
  socket.on("close", () => (closed = true));
  socket.on("error", () => (closed = true));
  const ended = once(socket, "close").then(() => {
    throw new Error("the idle connection was closed");
  });
  ended.catch(() => undefined);
  return {
    get closed() {
      return closed;
    },
    async ask(path) {
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${target.host}\r\n\r\n`);
      let data = "";
      for (;;) {
        const [chunk] = (await Promise.race([once(socket, "data"), ended])) as [Buffer];
        data += chunk.toString("latin1");
        const end = data.indexOf("\r\n\r\n");
        if (end < 0) continue;
        const head = data.slice(0, end);
        const length = /content-length: (\d+)/i.exec(head)?.[1];
        const complete = length === undefined ? data.endsWith("0\r\n\r\n") : data.length >= end + 4 + Number(length);
        if (complete) return { status: Number(head.slice(9, 12)), head };
      }
    },
    close() {
      socket.destroy();
    },
  };
}
