/** What a script on a server prints, told from what others print there. */
import { StringDecoder } from "node:string_decoder";

/**
 * What the script says first and last. It is put together there, so that whoever only repeats what
 * it is sent does not say it.
 */
const FIRST_WORDS = "backsoon-begun\n";
const SAY_BEGUN = "printf '%s-%s\\n' backsoon begun";
const LAST_WORDS = "\nbacksoon-ended\n";
const SAY_ENDED = `backsoon_code=$?; printf '\\n%s-%s\\n' backsoon ended; exit "$backsoon_code"`;

/**
 * The script between its first and last words, for a POSIX shell. It runs once the shell has all of
 * it, so that no command in it reads the rest away.
 */
export function framed(script: string): string {
  return `${SAY_BEGUN}\n{\n${script}\n} </dev/null\n${SAY_ENDED}\n`;
}

const MAX_OUTPUT_BYTES = 256 * 1024;

/** Gathers what comes while a `framed` script runs; what is beyond 256 KB is dropped. */
export class ScriptOutput {
  // A letter may come in two pieces.
  readonly #decoders = { stdout: new StringDecoder("utf8"), stderr: new StringDecoder("utf8") };
  readonly #texts = { stdout: "", stderr: "" };
  #end = "";
  #hasBegun = false;

  /** Whether the login shell has come to the script. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Whether the script has come to its end, and nothing was printed after it. */
  get hasEnded(): boolean {
    return this.#end === LAST_WORDS;
  }

  /** Of the script; before it has begun, of whoever else prints. */
  get stdout(): string {
    const { stdout } = this.#texts;
    return stdout.endsWith(LAST_WORDS) ? stdout.slice(0, -LAST_WORDS.length) : stdout;
  }

  get stderr(): string {
    return this.#texts.stderr;
  }

  add(name: "stdout" | "stderr", chunk: Buffer): void {
    const text = this.#decoders[name].write(chunk);
    if (this.#texts[name].length < MAX_OUTPUT_BYTES) this.#texts[name] += text;
    if (name === "stderr") return;
    this.#end = (this.#end + text).slice(-LAST_WORDS.length);
    if (!this.#hasBegun) this.#passGreeting();
  }

  #passGreeting(): void {
    const at = this.#texts.stdout.indexOf(FIRST_WORDS);
    if (at === -1) return;
    this.#hasBegun = true;
    this.#texts.stdout = this.#texts.stdout.slice(at + FIRST_WORDS.length);
  }
}
