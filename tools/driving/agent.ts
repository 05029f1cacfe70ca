/**
 * A real agent process with a folder of its own, on free ports. `close()` ends it and removes the
 * folder.
 */
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import type { AdminError } from "../../server-agent/contract/errors.ts";
import type { BoundListener } from "../../server-agent/contract/agent.ts";
import type { Config } from "../../server-agent/contract/config.ts";
import type { Event, RequestsLine, Snapshot } from "../../server-agent/contract/events.ts";
import type { Reply, RouteName } from "../../server-agent/contract/routes.ts";
import {
  decodeReply,
  encodeCall,
  type CallArguments,
  type DecodedReply,
} from "../../server-agent/core/client/admin-call.ts";

/** The built program; `BACKSOON_AGENT` names another one, like the sources. */
export const AGENT_PROGRAM = process.env.BACKSOON_AGENT ?? join(import.meta.dirname, "../../dist/agent.mjs");

export interface AgentOptions {
  config?: Config;
  /** A folder that the caller keeps, to start another agent on the same state. */
  folder?: string;
  workers?: number;
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** Another program than the built one, with the same arguments. */
  program?: string;
  /** Command before `node`, e.g. `["prlimit", "--fsize=…"]`. */
  wrapper?: readonly string[];
}

export interface Visit {
  host?: string;
  port?: number;
  method?: string;
  path?: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export type StreamedLine = Snapshot | Event;

export interface EventStream<Line = StreamedLine> extends AsyncDisposable {
  /** Next line, parsed; rejects when the stream has ended. */
  next(): Promise<Line>;
  /** Reads on until a line meets this. */
  until(test: (line: Line) => boolean): Promise<Line>;
  close(): void;
}

export interface TestAgent extends AsyncDisposable {
  readonly folder: string;
  readonly stateDirectory: string;
  readonly socketPath: string;
  readonly pid: number;
  /** Port of the first listener. */
  readonly port: number;
  readonly listeners: readonly BoundListener[];
  readonly generation: number;
  /** The agent's log so far. */
  log: () => string;
  /** Resolves with the end of the process. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** A call that must be answered well. @throws {AdminCallError} */
  call<N extends RouteName>(name: N, args?: CallArguments<N>): Promise<Reply<N>>;
  /** A call that may be refused. */
  tryCall<N extends RouteName>(name: N, args?: CallArguments<N>): Promise<DecodedReply<N>>;
  /** Any request on the admin socket. */
  admin(visit: Visit): Promise<Answer>;
  /** A request of a visitor, on a connection of its own. */
  visit(visit?: Visit): Promise<Answer>;
  events(): Promise<EventStream>;
  /** `query` like `?site=shop`. */
  watchRequests(query?: string): Promise<EventStream<RequestsLine>>;
  /** Resolves when the log has a line like this, now or later. */
  logged: (pattern: RegExp) => Promise<void>;
  kill(signal: NodeJS.Signals): Promise<void>;
  close(): Promise<void>;
}

/** A call that the agent refused. */
class AdminCallError extends Error {
  readonly error: AdminError;

  constructor(name: string, error: AdminError) {
    super(`${name}: ${error.code}: ${error.message} ${JSON.stringify(error.details)}`);
    this.error = error;
  }
}

/** One site that answers by itself, and the catch-all. */
export function smallConfig(): Config {
  return {
    listeners: [{ name: "http", address: "127.0.0.1", port: 0 }],
    virtualHosts: [
      { id: "shop", hosts: ["shop.example.com"], rules: [{ handler: { type: "respond", body: "live" } }] },
      { id: "default", hosts: ["*"], rules: [{ handler: { type: "error", status: 404 } }] },
    ],
  };
}

/** Starts an agent and resolves when it serves. Rejects with its log when it does not. */
export async function startAgent(options: AgentOptions = {}): Promise<TestAgent> {
  const folder = options.folder ?? (await makeFolder());
  const configFile = join(folder, "config.json");
  await writeFile(configFile, JSON.stringify(options.config ?? smallConfig()));
  const stateDirectory = join(folder, "state");
  const socketPath = join(folder, "agent.sock");
  const run = [
    "run",
    "--config",
    configFile,
    "--state",
    stateDirectory,
    "--socket",
    socketPath,
    "--workers",
    String(options.workers ?? 1),
    "--web-folder",
    join(folder, "web"),
    ...(options.args ?? []),
  ];
  const child = spawnAgent(run, options);
  const log = collectLog(child);
  const ended = once(child, "exit").then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }));
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), "line").then(([text]) => String(text)),
    ended,
  ]);
  if (typeof line !== "string") throw new Error(`the agent ended with code ${String(line.code)}:\n${log.text()}`);
  const ready = JSON.parse(line.replace(/^ready /, "")) as {
    listeners: BoundListener[];
    pid: number;
    generation: number;
  };
  const port = ready.listeners[0]?.port ?? 0;

  const admin = (visit: Visit) => ask({ socketPath }, visit);
  const tryCall = async <N extends RouteName>(name: N, args: CallArguments<N> = {}): Promise<DecodedReply<N>> => {
    const { method, path, headers, body } = encodeCall(name, args);
    const answer = await admin({ method, path, headers, ...(body === undefined ? {} : { body }) });
    return decodeReply(name, answer.status, answer.text);
  };
  const close = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    const patience = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await ended;
    clearTimeout(patience);
    await endSuccessor(folder);
    if (options.folder === undefined) await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  };
  return {
    folder,
    stateDirectory,
    socketPath,
    pid: ready.pid,
    port,
    listeners: ready.listeners,
    generation: ready.generation,
    log: log.text,
    logged: log.matches,
    ended,
    call: async (name, args) => {
      const reply = await tryCall(name, args);
      if (!reply.ok) throw new AdminCallError(name, reply.error);
      return reply.value;
    },
    tryCall,
    admin,
    visit: (visit = {}) =>
      ask(
        { host: "127.0.0.1", port: visit.port ?? port },
        { ...visit, headers: { host: visit.host ?? "shop.example.com", ...visit.headers } },
      ),
    events: () => openStream(socketPath, "/v1/events"),
    watchRequests: (query = "") => openStream(socketPath, `/v1/requests/events${query}`),
    kill: async (signal) => {
      child.kill(signal);
      await ended;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/**
 * An empty folder, as short as the path of a socket must be; it goes with the test process at the
 * latest.
 */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "backsoon-"));
  leftovers.folders.add(folder);
  return folder;
}

/**
 * A test that timed out closes nothing: what it started ends with its file, or with the process.
 */
const leftovers = { children: new Set<ChildProcessWithoutNullStreams>(), folders: new Set<string>() };

function clearUp(): void {
  for (const child of leftovers.children) child.kill("SIGKILL");
  for (const folder of leftovers.folders) {
    const pid = ownerOf(folder);
    if (pid !== undefined) process.kill(pid, "SIGKILL");
  }
  for (const folder of leftovers.folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** The live agent that owns the state in this folder, if there is one. */
export function ownerOf(folder: string): number | undefined {
  try {
    const { pid } = JSON.parse(readFileSync(join(folder, "state/lock"), "utf8")) as { pid: number };
    return readFileSync(`/proc/${String(pid)}/cmdline`, "utf8").includes(folder) ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isGone(pid: number): boolean {
  const stat = `/proc/${String(pid)}/stat`;
  // One that has ended and that nobody has asked for yet is still listed, as a zombie (proc(5)).
  return !existsSync(stat) || readFileSync(stat, "utf8").includes(") Z ");
}

/** A process that is nobody's child: only asking tells when it has ended. */
export async function untilGone(pid: number): Promise<void> {
  while (!isGone(pid)) await delay(20);
}

/** An agent that was handed over to is no child of the test. */
async function endSuccessor(folder: string): Promise<void> {
  const pid = ownerOf(folder);
  if (pid === undefined) return;
  process.kill(pid, "SIGTERM");
  const patience = setTimeout(() => process.kill(pid, "SIGKILL"), 10_000);
  await untilGone(pid);
  clearTimeout(patience);
}

// Vitest ends its processes without an `exit` event.
if (process.env.VITEST === undefined) process.once("exit", clearUp);
else (await import("vitest")).afterAll(clearUp);

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs any verb of the program to its end. */
export async function runAgentVerb(
  args: readonly string[],
  options: { env?: Readonly<Record<string, string>>; input?: string } = {},
): Promise<Finished> {
  const child = spawnAgent(args, options);
  child.stdin.end(options.input ?? "");
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => (output[name] += text));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, ...output };
}

function spawnAgent(
  args: readonly string[],
  { env, wrapper = [], program = AGENT_PROGRAM }: Pick<AgentOptions, "env" | "wrapper" | "program">,
): ChildProcessWithoutNullStreams {
  const [command = "", ...rest] = [...wrapper, process.execPath, program, ...args];
  const child = spawn(command, rest, { env: { ...process.env, ...env }, stdio: "pipe" });
  leftovers.children.add(child);
  child.once("exit", () => leftovers.children.delete(child));
  return child;
}

function collectLog(child: ChildProcessWithoutNullStreams): {
  text: () => string;
  matches: (pattern: RegExp) => Promise<void>;
} {
  let text = "";
  const waiting = new Set<() => void>();
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    for (const look of waiting) look();
  });
  return {
    text: () => text,
    matches: (pattern) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!pattern.test(text)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

function ask(
  where: { socketPath: string } | { host: string; port: number },
  { method = "GET", path = "/", headers = {}, body }: Visit,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request({ ...where, method, path, headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
      response.on("error", reject);
    });
    call.on("error", reject);
    call.end(body);
  });
}

async function openStream<Line>(socketPath: string, path: string): Promise<EventStream<Line>> {
  const call = request({ socketPath, path, agent: false });
  call.end();
  const [response] = (await once(call, "response")) as [NodeJS.ReadableStream];
  const lines = createInterface({ input: response })[Symbol.asyncIterator]();
  const next = async (): Promise<Line> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error("the event stream has ended");
    return JSON.parse(value) as Line;
  };
  const close = (): void => {
    call.on("error", () => undefined);
    call.destroy();
  };
  return {
    next,
    until: async (test) => {
      for (;;) {
        const line = await next();
        if (test(line)) return line;
      }
    },
    close,
    [Symbol.asyncDispose]: () => {
      close();
      return Promise.resolve();
    },
  };
}
