/**
 * All access logs of this worker. Lines are collected and written about once a second; two virtual
 * hosts may share a place, which outlives a generation.
 */
import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { compileLogFormat, type LogFormat } from "../../core/access-log/log-format.ts";
import type { LoggedRequest } from "../../core/access-log/logged-request.ts";
import { parseLogTarget } from "../../core/access-log/log-target.ts";
import { framed, syslogMessage, type SyslogSender } from "../../core/access-log/syslog.ts";
import type { AccessLogOptions } from "../../contract/observing/access-log.ts";
import type { Log } from "../../log.ts";
import { FileWriter } from "./file-writer.ts";
import { LogTrouble } from "./log-trouble.ts";
import type { LogWriter } from "./log-writer.ts";
import { openConnection, openLocalSyslog, openStandardOutput } from "./open-stream.ts";
import { StreamWriter } from "./stream-writer.ts";
import { UdpWriter } from "./udp-writer.ts";

const FLUSH_INTERVAL_MS = 1000;
/** For what is pending when the process is to end. */
const END_TIMEOUT_MS = 1000;
const END_INTERVAL_MS = 5;

export class AccessLog {
  readonly #format: LogFormat;
  readonly #writer: LogWriter;

  constructor(format: LogFormat, writer: LogWriter) {
    this.#format = format;
    this.#writer = writer;
  }

  add(entry: LoggedRequest): void {
    const now = Date.now();
    this.#writer.add(this.#format(entry, now), now);
  }
}

export class AccessLogs {
  readonly #writers = new Map<string, LogWriter>();
  readonly #formats = new Map<string, LogFormat>();
  readonly #agentLog: Log;
  #isArmed = false;
  /** Lines that nobody will read, since this process started. */
  lost = 0;

  constructor(agentLog: Log) {
    this.#agentLog = agentLog;
  }

  open({ to, format = "combined" }: AccessLogOptions): AccessLog {
    let compiled = this.#formats.get(format);
    if (compiled === undefined) this.#formats.set(format, (compiled = compileLogFormat(format)));
    let writer = this.#writers.get(to);
    if (writer === undefined) this.#writers.set(to, (writer = this.#writerOf(to)));
    return new AccessLog(compiled, writer);
  }

  reopen(): void {
    for (const writer of this.#writers.values()) writer.reopen();
  }

  /** Writes what is pending, for the end of the process; gives up what takes too long. */
  async end(): Promise<void> {
    const giveUpAt = performance.now() + END_TIMEOUT_MS;
    for (;;) {
      const busy = [...this.#writers.values()].filter((writer) => !writer.isDone);
      if (busy.length === 0 || performance.now() > giveUpAt) return;
      for (const writer of busy) writer.flush();
      await delay(END_INTERVAL_MS);
    }
  }

  #writerOf(to: string): LogWriter {
    const target = parseLogTarget(to);
    const trouble = new LogTrouble(to, this.#agentLog, (lines) => (this.lost += lines));
    const sender: SyslogSender = { hostname: hostname(), pid: process.pid };
    switch (target.type) {
      case "file":
        return new FileWriter(target.path, trouble, this.#arm);
      case "stdout":
        return new StreamWriter(openStandardOutput, withEnd, trouble, this.#arm);
      case "local-syslog":
        return new StreamWriter(() => openLocalSyslog(target.path), withEnd, trouble, this.#arm);
      case "syslog": {
        const { host, port, transport } = target;
        const message = (line: string, now: number): string => syslogMessage(line, now, sender);
        if (transport === "udp") return new UdpWriter(host, port, message, trouble);
        const frame = (line: string, now: number): string => framed(message(line, now));
        return new StreamWriter(() => openConnection(host, port), frame, trouble, this.#arm);
      }
    }
  }

  readonly #arm = (): void => {
    if (this.#isArmed) return;
    this.#isArmed = true;
    setTimeout(() => {
      this.#isArmed = false;
      for (const writer of this.#writers.values()) writer.flush();
    }, FLUSH_INTERVAL_MS).unref();
  };
}

function withEnd(line: string): string {
  return `${line}\n`;
}
