/**
 * Reads the one response of a connection that ends with it: SCGI, uwsgi, the output of a program.
 */
import { CgiOutput } from "./cgi-output.ts";
import type { ResponseHead } from "./response-head.ts";
import type { ResponseReader, ResponseSink } from "./response-reader.ts";

export class CgiReader implements ResponseReader {
  complete = true;
  untouched = true;
  readonly #output: CgiOutput;

  constructor(sink: ResponseSink) {
    this.#output = new CgiOutput(sink);
  }

  get head(): ResponseHead | undefined {
    return this.#output.head;
  }

  begin(method: string): void {
    this.complete = false;
    this.untouched = true;
    this.#output.begin(method);
  }

  feed(bytes: Buffer): number {
    if (this.complete) return 0;
    this.untouched = false;
    this.#output.feed(bytes);
    this.complete = this.#output.isWhole;
    return bytes.length;
  }

  finish(): void {
    if (this.complete) return;
    this.#output.end();
    this.complete = true;
  }
}
