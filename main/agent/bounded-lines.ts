/**
 * So many pieces of a line are joined before more are gathered: an agent may send it in pieces of
 * one character.
 */
const MAX_PIECES = 4096;

/** Splits a stream of text into lines. Holds no more than one line, whatever comes. */
export class BoundedLines {
  #blocks: string[] = [];
  #pieces: string[] = [];
  #length = 0;
  readonly #maxLength: number;

  /** @param maxLength of one line, in characters */
  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** A line has begun and not ended. */
  get isInLine(): boolean {
    return this.#length > 0;
  }

  /**
   * The lines that end in this text, without the empty ones.
   * @throws {LineTooLong} and forgets the line.
   */
  *push(text: string): Generator<string, void, undefined> {
    for (let from = 0; ;) {
      const end = text.indexOf("\n", from);
      this.#gather(end === -1 ? text.slice(from) : text.slice(from, end));
      if (end === -1) return;
      from = end + 1;
      const line = this.#take();
      if (line !== "") yield line;
    }
  }

  #gather(piece: string): void {
    this.#length += piece.length;
    if (this.#length > this.#maxLength) {
      this.#take();
      throw new LineTooLong(this.#maxLength);
    }
    this.#pieces.push(piece);
    if (this.#pieces.length < MAX_PIECES) return;
    this.#blocks.push(this.#pieces.join(""));
    this.#pieces = [];
  }

  #take(): string {
    const line = [...this.#blocks, ...this.#pieces].join("");
    this.#blocks = [];
    this.#pieces = [];
    this.#length = 0;
    return line;
  }
}

export class LineTooLong extends Error {
  constructor(maxLength: number) {
    super(`a line of the event stream is longer than ${maxLength} characters`);
    this.name = "LineTooLong";
  }
}
