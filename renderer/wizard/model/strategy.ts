/** A way to carry out what was chosen in the wizard: now, several together now, or planned. */
import type { Warning } from "../../../main/contract/agent.ts";
import type { Screen } from "../../lib/screen.ts";

export interface Strategy {
  /** Nothing is in the way of it, as far as is known. */
  readonly isReady: boolean;
  /** What the plans of all its sites warn of, as far as they are known. */
  readonly warnings: readonly Warning[];
  /** It cuts visitors off, so the person is asked once more. */
  readonly isDisruptive: boolean;
  /**
   * Carries it out.
   * @returns the screen that shows what follows
   * @throws {FailureError} when main or an agent refuses
   */
  submit(): Promise<Screen>;
}
