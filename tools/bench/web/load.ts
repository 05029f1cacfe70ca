/** The programs that ask: wrk, h2load and openssl, on the other core. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { request } from "node:https";
import { request as plainRequest } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectSecurely } from "node:tls";
import { promisify } from "node:util";
import type { Load } from "./rows.ts";

const run = promisify(execFile);
export const LOAD_CORE = "1";
/** So many idle connections are opened at the same time. */
const MAX_OPENING = 100;

export interface Ports {
  readonly plain: number;
  readonly secure: number;
}

async function onLoadCore(command: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run("taskset", ["-c", LOAD_CORE, command, ...args], { maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

function find(pattern: RegExp, output: string): number {
  const figure = pattern.exec(output)?.[1];
  if (figure === undefined) throw new Error(`unexpected output: ${output}`);
  return Number(figure);
}

function urlOf(ports: Ports, isSecure: boolean, path: string): string {
  return isSecure
    ? `https://127.0.0.1:${String(ports.secure)}${path}`
    : `http://127.0.0.1:${String(ports.plain)}${path}`;
}

/** Asks for so many seconds. Returns how many requests were answered. */
export async function askFor(load: Load, ports: Ports, path: string, seconds: number): Promise<number> {
  if (load.kind === "http1") {
    const url = urlOf(ports, load.isSecure === true, path);
    const output = await onLoadCore("wrk", ["-t1", `-c${String(load.connections)}`, `-d${String(seconds)}s`, url]);
    return find(/(\d+) requests in/, output);
  }
  if (load.kind === "http2") {
    const url = urlOf(ports, true, path);
    const size = [`-c${String(load.connections)}`, `-m${String(load.streams)}`];
    const output = await onLoadCore("h2load", ["-t1", ...size, "-D", String(seconds), url]);
    return find(/(\d+) done/, output);
  }
  const how = ["-www", path, load.resumes ? "-reuse" : "-new", "-time", String(seconds), "-tls1_3"];
  const output = await onLoadCore("openssl", ["s_time", "-connect", `127.0.0.1:${String(ports.secure)}`, ...how]);
  return find(/(\d+) connections in \d+ real seconds/, output);
}

/**
 * Asks so many times a second, over 64 connections, whatever the answers take. Returns how long
 * they took (ms), shortest first.
 */
export async function timesAt(perSecond: number, ports: Ports, path: string, seconds: number): Promise<number[]> {
  const folder = await mkdtemp(join(tmpdir(), "backsoon-bench-times-"));
  try {
    const log = join(folder, "log");
    const rate = `--rps=${(perSecond / 64).toFixed(2)}`;
    const url = urlOf(ports, false, path);
    await onLoadCore("h2load", ["--h1", "-t1", "-c64", rate, "-D", String(seconds), `--log-file=${log}`, url]);
    // Begin, status, microseconds.
    const lines = (await readFile(log, "utf8")).trim().split("\n");
    return lines.map((line) => Number(line.split("\t")[2]) / 1000).sort((a, b) => a - b);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Opens connections that ask once and then stay idle; the caller destroys them. */
export async function openIdle(ports: Ports, isSecure: boolean, path: string, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    await Promise.all(
      Array.from({ length: Math.min(MAX_OPENING, count - sockets.length) }, async () => {
        const socket = isSecure
          ? connectSecurely({ port: ports.secure, host: "127.0.0.1", rejectUnauthorized: false })
          : connect(ports.plain, "127.0.0.1");
        sockets.push(socket);
        await once(socket, isSecure ? "secureConnect" : "connect");
        socket.write(`GET ${path} HTTP/1.1\r\nHost: shop.example.com\r\n\r\n`);
        await once(socket, "data");
        socket.pause();
      }),
    );
  }
  return sockets;
}

/** Status and length of one answer. */
export function askOnce(
  ports: Ports,
  isSecure: boolean,
  path: string,
): Promise<{ status: number | undefined; length: number }> {
  return new Promise((resolve, reject) => {
    const ask = isSecure ? request : plainRequest;
    const options = { rejectUnauthorized: false, agent: false, headers: { connection: "close" } };
    ask(urlOf(ports, isSecure, path), options, (answer) => {
      let length = 0;
      answer.on("data", (part: Buffer) => (length += part.length));
      answer.on("end", () => {
        resolve({ status: answer.statusCode, length });
      });
      answer.on("error", reject);
    })
      .on("error", reject)
      .end();
  });
}
