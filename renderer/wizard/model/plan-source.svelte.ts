/**
 * The plan and the response of the draft as it is now, computed by main with the code that will
 * apply it.
 */
import type { Failure } from "../../../main/contract/failures.ts";
import type { MaintenanceOptions, PageLanguage, Plan } from "../../../main/contract/agent.ts";
import type { ResponsePreview } from "../../../main/contract/maintenance.ts";
import { call, failureOf } from "../../lib/bridge.ts";

const DEBOUNCE_MS = 150;

export class PlanSource {
  plan: Plan | undefined = $state.raw();
  /**
   * What the server had when the plan was asked for: applied to another generation, it would be
   * another plan.
   */
  generation: number | undefined = $state.raw();
  response: ResponsePreview | undefined = $state.raw();
  failure: Failure | undefined = $state.raw();
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Asks once typing has settled; an answer that a newer question has overtaken is dropped. */
  ask(serverId: string, options: MaintenanceOptions, generation: number, language: PageLanguage | undefined): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => void this.#load(serverId, options, generation, language),
      this.plan === undefined ? 0 : DEBOUNCE_MS,
    );
  }

  /** The draft is not to be planned: what is under way is dropped, the last plan stays. */
  hold(): void {
    this.stop();
    this.failure = undefined;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#asked += 1;
  }

  async #load(
    serverId: string,
    options: MaintenanceOptions,
    generation: number,
    language: PageLanguage | undefined,
  ): Promise<void> {
    this.#asked += 1;
    const question = this.#asked;
    try {
      const [plan, response] = await Promise.all([
        call("maintenance.plan", { serverId, options }),
        call("maintenance.preview", { serverId, options, ...(language === undefined ? {} : { language }) }),
      ]);
      if (question !== this.#asked) return;
      this.plan = plan;
      this.generation = generation;
      this.response = response;
      this.failure = undefined;
    } catch (error) {
      if (question === this.#asked) this.failure = failureOf(error);
    }
  }
}
