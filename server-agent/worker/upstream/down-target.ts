/** What supervisor and workers tell each other about targets. */

export interface DownTarget {
  /** Its name. */
  readonly upstream: string;
  /** As the configuration has it. */
  readonly target: string;
}

/** What requests saw of a target. */
export interface FailingTarget extends DownTarget {
  /** Undefined: it answers again. */
  readonly why: string | undefined;
  /** It counts as failing for so long. */
  readonly failingMs: number;
}
