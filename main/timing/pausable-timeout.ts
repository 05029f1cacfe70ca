/** A limit on time that does not run while something else is waited for, a person for example. */
export class PausableTimeout {
  #leftMs: number;
  readonly #over: () => void;
  #pauses = 0;
  #running: { timer: NodeJS.Timeout; since: number } | undefined;
  #state: "new" | "started" | "stopped" = "new";

  constructor(limitMs: number, over: () => void) {
    this.#leftMs = limitMs;
    this.#over = over;
  }

  /** Runs from now on; once it runs this does nothing. */
  start(): void {
    if (this.#state !== "new") return;
    this.#state = "started";
    this.#run();
  }

  stop(): void {
    this.#halt();
    this.#state = "stopped";
  }

  async pausedBy<T>(work: () => Promise<T>): Promise<T> {
    this.#pauses += 1;
    this.#halt();
    try {
      return await work();
    } finally {
      this.#pauses -= 1;
      this.#run();
    }
  }

  #run(): void {
    if (this.#state !== "started" || this.#pauses > 0 || this.#running !== undefined) return;
    this.#running = { timer: setTimeout(this.#over, this.#leftMs), since: performance.now() };
  }

  #halt(): void {
    if (this.#running === undefined) return;
    clearTimeout(this.#running.timer);
    this.#leftMs = Math.max(0, this.#leftMs - (performance.now() - this.#running.since));
    this.#running = undefined;
  }
}
