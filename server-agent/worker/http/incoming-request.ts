/** A visitor's request, whatever version of HTTP he speaks: its head, and its body as it comes. */

export interface RequestHead {
  readonly method: string;
  /** Request target as it was sent. */
  readonly target: string;
  readonly version: "1.0" | "1.1" | "2.0";
  /** Fields as they were sent: name, value, name, value. */
  readonly rawHeaders: string[];
  /** Bytes of the body; undefined without `Content-Length`. */
  readonly contentLength: number | undefined;
  /** There is a body whose length only its end tells: in chunks, where the version has them. */
  readonly chunked: boolean;
}

export interface Fields {
  /**
   * Value of a field; `name` in lower case. Several of one name are joined with commas (RFC 9110,
   * 5.3), cookies with semicolons; of those that may come only once, the first counts.
   */
  field(name: string): string | undefined;
}

/** Malformed, too slow, larger than it may be. */
export type Abandoned = 400 | 408 | 413;

export interface BodyReader {
  /** A part of the body, transfer coding removed. */
  onData(bytes: Buffer): void;
  /** The body has arrived completely. */
  onEnd(): void;
  /** The rest of the body will not come: it is malformed, or has stood still for too long. */
  onAbandoned(status: Abandoned): void;
}

/** What the connection, or the stream, does about a body. */
export interface BodySource {
  pauseReading(): void;
  resumeReading(): void;
}

const SINGLE: ReadonlySet<string> = new Set([
  "age",
  "authorization",
  "content-length",
  "content-type",
  "etag",
  "expires",
  "from",
  "host",
  "if-modified-since",
  "if-unmodified-since",
  "last-modified",
  "location",
  "max-forwards",
  "proxy-authorization",
  "referer",
  "retry-after",
  "server",
  "user-agent",
]);

export class IncomingRequest implements Fields {
  /** The visitor's, also where a web server asks on his behalf. */
  method: string;
  /** Request target as it was sent, for the log. */
  readonly sentTarget: string;
  /** Request target as it is judged and passed on: the origin form without dot segments, or `*`. */
  url: string;
  readonly httpVersion: RequestHead["version"];
  /** Fields as they were sent: name, value, name, value. */
  readonly rawHeaders: string[];
  /** Address of the peer of the connection. */
  readonly peer: string;
  readonly contentLength: number | undefined;
  readonly chunked: boolean;
  /** The body has arrived completely, or there is none. */
  complete: boolean;
  /** The rest of the body is thrown away, as nobody can tell where it ends. */
  isAbandoned = false;
  readonly #source: BodySource;
  /** Held: nobody has said yet what is to become of the body. */
  #flow: "held" | "flowing" | "paused" | "discarded" = "held";
  #reader: BodyReader | undefined;
  /** Bytes that may still come. */
  #bytesLeft = Infinity;
  /** From the beginning of reading. */
  #millisecondsLeft: number | undefined = undefined;
  #timer: NodeJS.Timeout | undefined = undefined;

  constructor(head: RequestHead, peer: string, source: BodySource) {
    this.method = head.method;
    this.sentTarget = head.target;
    this.url = head.target;
    this.httpVersion = head.version;
    this.rawHeaders = head.rawHeaders;
    this.peer = peer;
    this.contentLength = head.contentLength;
    this.chunked = head.chunked;
    this.complete = !head.chunked && (head.contentLength ?? 0) === 0;
    this.#source = source;
  }

  /**
   * Looked for in the list: most requests are asked for few fields, and making an index of all
   * would cost more.
   */
  field(name: string): string | undefined {
    const { rawHeaders } = this;
    let joined: string | undefined;
    for (let index = 0; index < rawHeaders.length; index += 2) {
      const raw = rawHeaders[index];
      if (raw?.length !== name.length || (raw !== name && raw.toLowerCase() !== name)) continue;
      const value = rawHeaders[index + 1] ?? "";
      if (joined === undefined) joined = value;
      else if (SINGLE.has(name)) break;
      else joined += `${name === "cookie" ? "; " : ", "}${value}`;
    }
    return joined;
  }

  /** There is a body, of whatever length. */
  get hasBody(): boolean {
    return this.chunked || (this.contentLength ?? 0) > 0;
  }

  /** Somebody waits for bytes of the body. */
  get isAwaited(): boolean {
    return !this.complete && this.#flow === "flowing";
  }

  /** Nobody wants (the rest of) the body. */
  get isDiscarded(): boolean {
    return this.#flow === "discarded";
  }

  /** Bytes of the body may be fed. */
  get takesBytes(): boolean {
    return this.#flow === "flowing" || this.#flow === "discarded";
  }

  /**
   * Gives the body to a reader, from its beginning, or what is left of it to another one. A body
   * that is complete ends before this returns.
   */
  read(reader: BodyReader): void {
    this.#reader = reader;
    this.#flow = "flowing";
    if (this.complete) {
      reader.onEnd();
      return;
    }
    if (this.#millisecondsLeft !== undefined)
      this.#timer ??= setTimeout(() => {
        if (!this.complete) this.abandon(408);
      }, this.#millisecondsLeft).unref();
    this.#source.resumeReading();
  }

  /** The reader has enough for now. What was read already still comes. */
  pause(): void {
    if (this.#flow !== "flowing") return;
    this.#flow = "paused";
    this.#source.pauseReading();
  }

  resume(): void {
    if (this.#flow !== "paused") return;
    this.#flow = "flowing";
    this.#source.resumeReading();
  }

  /**
   * Nobody wants (the rest of) the body: it is read and thrown away, for without that the
   * connection could not be used again.
   */
  discard(): void {
    if (this.#flow === "discarded") return;
    clearTimeout(this.#timer);
    this.#reader = undefined;
    this.#flow = "discarded";
    if (!this.complete) this.#source.resumeReading();
  }

  /**
   * What a rule allows: a body of so many bytes, and so many milliseconds from when it is read. A
   * visitor does not answer for the time in which nobody wants it yet.
   */
  limitBody(maxBytes: number | undefined, milliseconds: number | undefined): void {
    if (maxBytes !== undefined) this.#bytesLeft = maxBytes;
    this.#millisecondsLeft = milliseconds;
  }

  /** Called by who reads the wire: a part of the body, transfer coding removed. */
  deliver(bytes: Buffer): void {
    this.#bytesLeft -= bytes.length;
    if (this.#bytesLeft >= 0) this.#reader?.onData(bytes);
    else if (!this.isDiscarded) this.abandon(413);
  }

  /** The same: the body has arrived completely, and `complete` says so. */
  ended(): void {
    clearTimeout(this.#timer);
    this.#reader?.onEnd();
  }

  /**
   * Reads no more of the body, as nobody can tell where it ends: what still comes is thrown away.
   * Whoever waits for it is told why.
   */
  abandon(status: Abandoned): void {
    const reader = this.#reader;
    this.isAbandoned = true;
    this.discard();
    reader?.onAbandoned(status);
  }

  /** Takes all fields of this name (in lower case) out, so that nobody further on sees them. */
  removeField(name: string): void {
    this.removeFields((field) => field === name);
  }

  /** The same for all whose name (in lower case) is one of those. */
  removeFields(isOne: (name: string) => boolean): void {
    for (let index = this.rawHeaders.length - 2; index >= 0; index -= 2)
      if (isOne(this.rawHeaders[index]?.toLowerCase() ?? "")) this.rawHeaders.splice(index, 2);
  }

  /** Gives the first field of this name (in lower case) another value, or adds one. */
  replaceField(name: string, value: string): void {
    const at = this.rawHeaders.findIndex((field, index) => index % 2 === 0 && field.toLowerCase() === name);
    if (at < 0) this.rawHeaders.push(name, value);
    else this.rawHeaders[at + 1] = value;
  }
}
