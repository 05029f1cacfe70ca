/** An SSH channel that Node's HTTP client takes for a socket. */
import { Duplex } from "node:stream";
import type ssh2 from "ssh2";

/**
 * An SSH channel as a stream that behaves like a socket. ssh2's own waits for the other side's
 * close when it is destroyed, which never comes from one that has gone silent. Node's HTTP agent
 * also calls what only sockets have.
 */
export class ChannelStream extends Duplex {
  readonly #channel: ssh2.Channel;

  /**
   * @param over the end of its connection: what still lies in the channel then is not handed on, or
   *   it would look live
   * @param begun what was read from the channel already
   */
  constructor(channel: ssh2.Channel, over: AbortSignal, begun?: Buffer) {
    super();
    this.#channel = channel;
    const end = () => this.destroy();
    over.addEventListener("abort", end, { once: true });
    this.once("close", () => over.removeEventListener("abort", end));
    if (begun !== undefined && begun.length > 0) this.push(begun);
    channel.on("data", (chunk: Buffer) => {
      if (!this.push(chunk)) channel.pause();
    });
    // An agent's socket has no error stream; what comes there all the same is not kept.
    if ("resume" in channel.stderr) channel.stderr.resume();
    channel.once("end", () => this.push(null));
    channel.once("close", () => this.destroy());
    channel.on("error", (error: Error) => this.destroy(error));
  }

  override _read(): void {
    this.#channel.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, written: (error?: Error | null) => void): void {
    this.#channel.write(chunk, written);
  }

  override _final(ended: () => void): void {
    this.#channel.end();
    ended();
  }

  override _destroy(error: Error | null, destroyed: (error: Error | null) => void): void {
    this.#channel.destroy();
    destroyed(error);
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }
}
