/**
 * A page that an operator keeps as a file: an error page, the index of a static maintenance page.
 */
import { readFileSync, statSync } from "node:fs";
import { messageOf } from "../../log.ts";
import { refuseUnreadable } from "../clients/readable-file.ts";
import { mediaTypeOf } from "../files/media-type.ts";

export interface Page {
  readonly body: Buffer;
  /** Value of `Content-Type`. */
  readonly type: string;
}

/** A changed file is seen within this time (ms). */
const FRESH_MS = 1000;
/** A larger file is no page; reading it in one go would hold up the worker. */
export const MAX_PAGE_BYTES = 8 * 1024 * 1024;

/**
 * Reads the file at once and again when it changed, on the request that finds out: these are small
 * files, read rarely, and the answer must not depend on anything else. One that cannot be read is
 * said once in the agent's log, until it can be.
 */
export class PageFile {
  readonly path: string;
  readonly #log: (line: string) => void;
  #page: Page | undefined = undefined;
  #lookedAt = 0;
  #version = "";
  #complained = false;

  constructor(path: string, log: (line: string) => void) {
    this.path = path;
    this.#log = log;
    this.read(Date.now());
  }

  /** Undefined while it cannot be read. @param now Epoch milliseconds. */
  read(now: number): Page | undefined {
    if (Math.abs(now - this.#lookedAt) < FRESH_MS) return this.#page;
    this.#lookedAt = now;
    try {
      const stats = statSync(this.path);
      const { mtimeMs, size, ino } = stats;
      const version = `${String(mtimeMs)} ${String(size)} ${String(ino)}`;
      if (version !== this.#version) {
        refuseUnreadable(stats, MAX_PAGE_BYTES);
        this.#page = { body: readFileSync(this.path), type: mediaTypeOf(this.path).value };
        this.#version = version;
        this.#complained = false;
      }
    } catch (failure) {
      this.#page = undefined;
      this.#version = "";
      if (!this.#complained)
        this.#log(`cannot read the page ${this.path}; serving the built-in page instead: ${messageOf(failure)}`);
      this.#complained = true;
    }
    return this.#page;
  }
}
