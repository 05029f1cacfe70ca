/**
 * The agent's own log: one readable line per event on standard error.
 *
 *     2026-01-31T22:00:00.000Z info generation active on all workers generation=41 author=anna ms=6
 *
 * Configuration, request bodies and headers never go in here: they may hold secrets.
 */
import { quotedText, visibleText } from "./core/visible-text.ts";

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A log that adds these fields to every line. */
  with(fields: LogFields): Log;
}

type Level = "info" | "warn" | "error";

export function createLog(write: (line: string) => void = writeToStandardError, bound: LogFields = {}): Log {
  const line = (level: Level, message: string, fields: LogFields = {}): void => {
    write(formatLine(new Date().toISOString(), level, message, { ...bound, ...fields }));
  };
  return {
    info: (message, fields) => line("info", message, fields),
    warn: (message, fields) => line("warn", message, fields),
    error: (message, fields) => line("error", message, fields),
    with: (fields) => createLog(write, { ...bound, ...fields }),
  };
}

/**
 * `time level message key=value …`; values with blanks, quotes or characters that cannot be seen
 * are written as JSON strings, so that one event stays one line.
 */
export function formatLine(time: string, level: Level, message: string, fields: LogFields): string {
  const pairs = Object.entries(fields).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}=${quote(String(value))}`],
  );
  return `${time} ${level.padEnd(5)} ${visibleText(message.replaceAll(/[\r\n]+/g, " "))}${pairs.join("")}\n`;
}

function quote(value: string): string {
  return /^[^\s"=]+$/.test(value) && visibleText(value) === value ? value : quotedText(value);
}

function writeToStandardError(line: string): void {
  process.stderr.write(line);
}

/** What an unknown thrown value says, for a log line or an error reply. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** One mishap must not end a process that serves every site: it is logged, and the rest goes on. */
export function logUnexpected(log: Log): void {
  process.on("uncaughtException", (failure) => {
    log.error("unexpected failure", { why: failure.stack ?? failure.message });
  });
  process.on("unhandledRejection", (failure) => {
    log.error("unexpected failure", {
      why: failure instanceof Error ? (failure.stack ?? failure.message) : messageOf(failure),
    });
  });
}
