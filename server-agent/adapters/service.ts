import type { Config } from "../contract/config.ts";

/** A generation and the document that it serves. */
export interface Service {
  readonly generation: number;
  readonly config: Config;
  /**
   * How long the supervisor itself took to validate and compile it (ms): a worker gets a multiple
   * of it before it counts as stuck.
   */
  readonly compileMs: number;
}

/** Every acknowledgement is due within this time (ms); a swap takes a hundredth of it. */
export const ACKNOWLEDGE_TIMEOUT_MS = 2000;

/**
 * How long a worker may take to prepare and to commit (ms). It compiles what the supervisor has
 * compiled before, in about the same time.
 */
export function patience(service: Service): number {
  return ACKNOWLEDGE_TIMEOUT_MS + 4 * service.compileMs;
}
