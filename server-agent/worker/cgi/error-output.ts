/** What an application writes for its operator becomes lines of the agent's log. */

/** Of one request; a program that writes more is not heard out. */
const MAX_OUTPUT_BYTES = 8 * 1024;

export class ErrorOutput {
  readonly #say: (line: string) => void;
  /** A line that is not complete yet, one character per byte. */
  #line = "";
  #bytes = 0;

  /** @param say Adds a line to the log. */
  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  add(bytes: Buffer): void {
    const room = MAX_OUTPUT_BYTES - this.#bytes;
    this.#bytes += bytes.length;
    if (room <= 0) return;
    const lines = (this.#line + bytes.toString("latin1", 0, room)).split("\n");
    this.#line = lines.pop() ?? "";
    for (const line of lines) this.#sayLine(line);
    if (bytes.length > room) {
      this.end();
      this.#say("what else the application writes about this request is left out");
    }
  }

  /** The request is over: what is left is said as well. */
  end(): void {
    this.#sayLine(this.#line);
    this.#line = "";
  }

  #sayLine(line: string): void {
    const text = Buffer.from(line, "latin1").toString().trim();
    if (text !== "") this.#say(text);
  }
}
