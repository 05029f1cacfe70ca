/** The streams that access logs are written to. */
import { spawn } from "node:child_process";
import { fstatSync, write } from "node:fs";
import { connect, Socket } from "node:net";
import { Writable } from "node:stream";

const CONNECT_TIMEOUT_MS = 5000;
/** What one message may have; the program's default of 1 KiB would cut long addresses. */
const MAX_MESSAGE = "64KiB";

/** Of what the program says (characters). */
const MAX_KEPT_WORDS = 500;

/** The agent's standard output, which workers have under this number. */
const STANDARD_OUTPUT = 4;

/** Its reader has gone, and its number may be that of a visitor's connection by now. */
let isOutputClosed = false;

/**
 * A pipe or a socket is written without waiting, for its reader may stop reading: `process.stdout`
 * would wait.
 */
export function openStandardOutput(): Writable {
  if (isOutputClosed) return new Writable({ write: refuseOutput });
  const kind = fstatSync(STANDARD_OUTPUT);
  if (!kind.isFIFO() && !kind.isSocket()) return new Writable({ write: writeOutput });
  return new Socket({ fd: STANDARD_OUTPUT, readable: false, writable: true }).once("close", () => {
    isOutputClosed = true;
  });
}

function refuseOutput(_bytes: Buffer, _encoding: string, done: (failure: Error) => void): void {
  done(new Error("nobody reads standard output any more"));
}

/** Whatever becomes of it, the descriptor stays open: a full disk has room again later. */
function writeOutput(bytes: Buffer, encoding: string, done: (failure?: Error | null) => void): void {
  write(STANDARD_OUTPUT, bytes, (failure, written) => {
    if (failure === null && written < bytes.length) writeOutput(bytes.subarray(written), encoding, done);
    else done(failure);
  });
}

export function openConnection(host: string, port: number): Writable {
  const socket = connect({ host, port, keepAlive: true });
  const timer = setTimeout(() => {
    socket.destroy(new Error(`no connection to ${host} port ${String(port)} within ${String(CONNECT_TIMEOUT_MS)} ms`));
  }, CONNECT_TIMEOUT_MS).unref();
  // What is said there is nobody's concern, but its end is to be noticed.
  socket.resume();
  return socket
    .once("connect", () => {
      clearTimeout(timer);
    })
    .once("close", () => {
      clearTimeout(timer);
    });
}

/**
 * The system's own log. Its socket is one of datagrams, which Node cannot speak to; the program
 * `logger` (util-linux) can, and writes what the system's log understands: journald does not read
 * RFC 5424.
 */
export function openLocalSyslog(path: string): Writable {
  const child = spawn(
    "logger",
    [
      ...["--socket", path, "--socket-errors=on", "--tag", "backsoon", `--id=${String(process.pid)}`],
      ...["--priority", "local7.info", "--size", MAX_MESSAGE],
    ],
    { stdio: ["pipe", "ignore", "pipe"] },
  );
  // It has none where there are no descriptors left; its `error` says so.
  const { stdin, stderr } = child as Partial<typeof child>;
  let said = "";
  stderr?.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-MAX_KEPT_WORDS)));
  stdin?.on("error", () => undefined); // the end of the program says more
  const stream = new Writable({
    write: (bytes: Buffer, _encoding, done) => {
      stdin?.write(bytes, (failure) => {
        if (failure === null || failure === undefined) done();
      });
    },
    destroy: (failure, done) => {
      child.kill();
      done(failure);
    },
  });
  child.once("error", (failure) => stream.destroy(failure));
  child.once("close", (code) => {
    stream.destroy(new Error(said.trim() === "" ? `logger ended with code ${String(code)}` : said.trim()));
  });
  child.unref();
  return stream;
}
