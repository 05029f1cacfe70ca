/**
 * Access logs in the combined format of Apache and nginx:
 * `%h - - [time] "request" status bytes "referer" "user-agent"`.
 *
 * Lines are collected and written about once a second. Several workers append to one file; each
 * write is a run of whole lines and `O_APPEND` keeps it together. A file that cannot be written
 * costs its lines and one line in the agent's log, never a request.
 */
import { close, closeSync, constants, open, openSync, write, writeSync } from "node:fs";
import { messageOf, type Log } from "../log.ts";
import type { RequestFacts } from "../core/routing/request-facts.ts";
import type { IncomingRequest } from "./http/incoming-request.ts";

const FLUSH_INTERVAL_MS = 1000;
const FLUSH_BYTES = 64 * 1024;
/** More than this (bytes) is not kept for a disk that does not take it. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;

/** A request that is over, as far as its line tells of it. */
interface LoggedRequest {
  readonly request: Pick<IncomingRequest, "method" | "sentTarget" | "httpVersion" | "field">;
  readonly facts: Pick<RequestFacts, "client">;
  /** Who has logged in. */
  readonly user: string | undefined;
  /** 0 for none. */
  readonly status: number;
  readonly bytesSent: number;
}

/**
 * A pipe that nobody reads fails at once; without the last flag it would hold one of the few
 * threads that files are read with.
 */
const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;

export class AccessLog {
  readonly #path: string;
  readonly #agentLog: Log;
  readonly #arm: () => void;
  #pending = "";
  #descriptor: number | undefined = undefined;
  #writing = false;
  #reopen = false;
  #failing = false;

  constructor(path: string, agentLog: Log, arm: () => void) {
    this.#path = path;
    this.#agentLog = agentLog;
    this.#arm = arm;
  }

  add(entry: LoggedRequest): void {
    if (this.#pending.length > MAX_BUFFERED_BYTES) {
      this.#say("the disk does not keep up");
      return;
    }
    this.#pending += formatLine(entry, Date.now());
    if (this.#pending.length >= FLUSH_BYTES) this.flush();
    else this.#arm();
  }

  flush(): void {
    if (this.#writing || this.#pending === "") return;
    this.#writing = true;
    const bytes = this.#take();
    if (this.#descriptor !== undefined) {
      this.#write(this.#descriptor, bytes);
      return;
    }
    open(this.#path, APPEND, 0o640, (failure, descriptor) => {
      if (failure === null) {
        this.#descriptor = descriptor;
        this.#write(descriptor, bytes);
      } else {
        this.#done(failure);
      }
    });
  }

  /**
   * What is pending goes to the file that is open (the one that was moved away), later lines to a
   * new one at the path.
   */
  reopen(): void {
    this.#reopen = true;
    this.flush();
    if (!this.#writing) this.#done(null);
  }

  /** For the end of the process. */
  flushNow(): void {
    if (this.#pending === "") return;
    try {
      this.#descriptor ??= openSync(this.#path, APPEND, 0o640);
      writeSync(this.#descriptor, this.#take());
      closeSync(this.#descriptor);
      this.#descriptor = undefined;
    } catch (failure) {
      this.#say(messageOf(failure));
    }
  }

  #take(): Buffer {
    const bytes = Buffer.from(this.#pending, "latin1");
    this.#pending = "";
    return bytes;
  }

  #write(descriptor: number, bytes: Buffer): void {
    write(descriptor, bytes, (failure, written) => {
      if (failure === null && written < bytes.length) this.#write(descriptor, bytes.subarray(written));
      else this.#done(failure);
    });
  }

  #done(failure: Error | null): void {
    this.#writing = false;
    if (failure !== null) this.#say(failure.message);
    else if (this.#failing) this.#recovered();
    if ((this.#reopen || failure !== null) && this.#descriptor !== undefined) {
      close(this.#descriptor, () => undefined);
      this.#descriptor = undefined;
    }
    this.#reopen = false;
    if (this.#pending.length >= FLUSH_BYTES) this.flush();
    else if (this.#pending !== "") this.#arm();
  }

  /** Once, until it works again. */
  #say(why: string): void {
    if (!this.#failing)
      this.#agentLog.warn("an access log cannot be written; requests are answered all the same", {
        file: this.#path,
        why,
      });
    this.#failing = true;
  }

  #recovered(): void {
    this.#agentLog.info("an access log is written again", { file: this.#path });
    this.#failing = false;
  }
}

/**
 * All access logs of this worker, by path: two virtual hosts may share a file, and a file outlives
 * a generation.
 */
export class AccessLogs {
  readonly #logs = new Map<string, AccessLog>();
  readonly #agentLog: Log;
  #isArmed = false;

  constructor(agentLog: Log) {
    this.#agentLog = agentLog;
  }

  open(path: string): AccessLog {
    let log = this.#logs.get(path);
    if (log === undefined) {
      log = new AccessLog(path, this.#agentLog, () => {
        this.#arm();
      });
      this.#logs.set(path, log);
    }
    return log;
  }

  #arm(): void {
    if (this.#isArmed) return;
    this.#isArmed = true;
    setTimeout(() => {
      this.#isArmed = false;
      for (const log of this.#logs.values()) log.flush();
    }, FLUSH_INTERVAL_MS).unref();
  }

  reopen(): void {
    for (const log of this.#logs.values()) log.reopen();
  }

  flushNow(): void {
    for (const log of this.#logs.values()) log.flushNow();
  }
}

/**
 * One line. What a visitor sent is escaped as nginx does it, so that nobody writes lines of his own
 * or moves the operator's terminal. A request without an answer has status 499.
 */
function formatLine(entry: LoggedRequest, now: number): string {
  const { request, facts, user } = entry;
  const line = `${request.method} ${request.sentTarget} HTTP/${request.httpVersion}`;
  const status = entry.status === 0 ? 499 : entry.status;
  return `${facts.client === "" ? "-" : facts.client} - ${user === undefined ? "-" : escape(user).replaceAll(" ", "\\x20")} [${timeOf(now)}] "${escape(line)}" ${String(status)} ${String(entry.bytesSent)} "${field(request.field("referer"))}" "${field(request.field("user-agent"))}"\n`;
}

function field(value: string | undefined): string {
  return value === undefined ? "-" : escape(value);
}

const UNSAFE = /[^\x20\x21\x23-\x5b\x5d-\x7e]/g;

function escape(text: string): string {
  return text.replace(
    UNSAFE,
    (character) => `\\x${(character.charCodeAt(0) & 0xff).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;
let lastSecond = -1;
let lastTime = "";

/** `31/Jan/2026:23:05:09 +0100`, in the time of the server as log tools expect it. */
function timeOf(now: number): string {
  const second = Math.trunc(now / 1000);
  if (second === lastSecond) return lastTime;
  const date = new Date(now);
  const two = (value: number): string => String(value).padStart(2, "0");
  const offset = -date.getTimezoneOffset();
  const zone = `${offset < 0 ? "-" : "+"}${two(Math.trunc(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`;
  lastTime = `${two(date.getDate())}/${MONTHS[date.getMonth()] ?? ""}/${String(date.getFullYear())}:${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())} ${zone}`;
  lastSecond = second;
  return lastTime;
}
