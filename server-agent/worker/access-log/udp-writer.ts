/** Sends each line as a datagram (RFC 5426). What a network loses, nobody hears of. */
import { createSocket, type Socket } from "node:dgram";
import { lookup } from "node:dns";
import type { LogTrouble } from "./log-trouble.ts";
import type { LogWriter } from "./log-writer.ts";

/** A place that was not to be had is left alone for this long (ms). */
const RETRY_PAUSE_MS = 1000;
/** So many datagrams wait to be sent, or for the address of their host. */
const MAX_WAITING = 2000;

export class UdpWriter implements LogWriter {
  readonly #host: string;
  readonly #port: number;
  readonly #message: (line: string, now: number) => string;
  readonly #trouble: LogTrouble;
  #socket: Socket | undefined = undefined;
  #isOpening = false;
  #failedAt = -Infinity;
  #waiting: Buffer[] = [];
  #onTheirWay = 0;

  constructor(host: string, port: number, message: (line: string, now: number) => string, trouble: LogTrouble) {
    this.#host = host;
    this.#port = port;
    this.#message = message;
    this.#trouble = trouble;
  }

  get isDone(): boolean {
    return this.#onTheirWay === 0 && this.#waiting.length === 0;
  }

  add(line: string, now: number): void {
    const message = Buffer.from(this.#message(line, now), "latin1");
    if (this.#socket !== undefined) this.#send(this.#socket, message);
    else if (this.#waiting.length >= MAX_WAITING) this.#trouble.failed("its address is not known", 1);
    else {
      this.#waiting.push(message);
      this.#open();
    }
  }

  flush(): void {
    // Nothing is collected.
  }

  reopen(): void {
    // As above.
  }

  #send(socket: Socket, message: Buffer): void {
    if (this.#onTheirWay >= MAX_WAITING) {
      this.#trouble.failed("the network does not keep up", 1);
      return;
    }
    this.#onTheirWay += 1;
    socket.send(message, (failure) => {
      this.#onTheirWay -= 1;
      if (failure === null) this.#trouble.worked();
      else this.#trouble.failed(failure.message, 1);
    });
  }

  /** The name is looked up, and looked up again after a failure. */
  #open(): void {
    if (this.#isOpening || performance.now() - this.#failedAt < RETRY_PAUSE_MS) return;
    this.#isOpening = true;
    lookup(this.#host, (failure, address, family) => {
      if (failure !== null) {
        this.#fail(failure);
        return;
      }
      const socket = createSocket(family === 6 ? "udp6" : "udp4").unref();
      socket.once("error", (reason) => {
        this.#fail(reason);
        if (this.#socket === socket) this.#socket = undefined;
        socket.close();
      });
      // As an event: a callback is called of a failure, too.
      socket.once("connect", () => {
        this.#isOpening = false;
        this.#socket = socket;
        const waiting = this.#waiting;
        this.#waiting = [];
        for (const message of waiting) this.#send(socket, message);
      });
      socket.connect(this.#port, address);
    });
  }

  #fail(failure: Error): void {
    this.#isOpening = false;
    this.#failedAt = performance.now();
    const lost = this.#waiting.length;
    this.#waiting = [];
    this.#trouble.failed(failure.message, lost);
  }
}
