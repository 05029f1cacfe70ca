/** What is done on the server for the agent that was chosen: its plan, and how far it has come. */
import type { Failure } from "../../main/contract/failures.ts";
import type { FoundAgent, InstallPlan } from "../../main/contract/install.ts";
import { call, failureOf } from "../lib/bridge.ts";
import type { AgentSetup } from "./agent-setup.svelte.ts";

type Progress =
  { state: "none" | "running" } | { state: "done"; agent: FoundAgent } | { state: "failed"; failure: Failure };

export class Installation {
  progress: Progress = $state.raw({ state: "none" });
  plan: InstallPlan | undefined = $state.raw();
  planFailure: Failure | undefined = $state.raw();
  readonly #setup: AgentSetup;
  #asked = 0;
  /** Counts up with every connection; what an earlier one comes to is of no interest any more. */
  #round = 0;

  constructor(setup: AgentSetup) {
    this.#setup = setup;
  }

  /** The connection has ended. */
  reset(): void {
    this.#round += 1;
    this.progress = { state: "none" };
  }

  /** What an installation would do, for the choice as it is now. */
  async look(visitId: string | undefined): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    try {
      const plan = visitId === undefined ? undefined : await this.#planFor(visitId);
      if (asked === this.#asked) [this.plan, this.planFailure] = [plan, undefined];
    } catch (error) {
      if (asked === this.#asked) [this.plan, this.planFailure] = [undefined, failureOf(error)];
    }
  }

  /** @returns whether it was done, and its connection is still there */
  async run(visitId: string): Promise<boolean> {
    if (this.progress.state === "running") return false;
    const round = this.#round;
    this.progress = { state: "running" };
    try {
      const agent = await this.#carryOut(visitId);
      if (round !== this.#round || agent === undefined) return false;
      this.progress = { state: "done", agent };
      return true;
    } catch (error) {
      if (round === this.#round) this.progress = { state: "failed", failure: failureOf(error) };
      return false;
    }
  }

  async #planFor(visitId: string): Promise<InstallPlan | undefined> {
    const { choice, removal, uninstalls, folderProblem } = this.#setup;
    if (uninstalls) return removal && call("uninstall.plan", { visitId, choice: removal });
    if (choice === undefined || folderProblem !== undefined) return undefined;
    return call("install.plan", { visitId, choice: $state.snapshot(choice) });
  }

  /** Resolves to the agent that was put there, or taken away. */
  async #carryOut(visitId: string): Promise<FoundAgent | undefined> {
    const { choice, removal, own } = this.#setup;
    if (removal !== undefined && own !== undefined) {
      await call("uninstall.run", { visitId, choice: removal });
      return { ...own.agent, answers: false };
    }
    if (choice === undefined) return undefined;
    return { ...(await call("install.run", { visitId, choice: $state.snapshot(choice) })), answers: true };
  }
}
