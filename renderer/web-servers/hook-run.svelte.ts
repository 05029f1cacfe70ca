/** Putting the hook into a web server, or taking it out: the choice, its plan, and what came of it. */
import type { HookOutcome, HookPlan } from "../../main/contract/agent.ts";
import type { Failure } from "../../main/contract/failures.ts";
import { call, failureOf } from "../lib/bridge.ts";
import type { SiteChoice } from "./site-choices.ts";

export interface HookTarget {
  serverId: string;
  /** Id of the web server. */
  webServer: string;
  remove: boolean;
}

export class HookRun {
  phase: "choosing" | "running" | "done" = $state("choosing");
  /** Ids of the sites. */
  chosen: readonly string[] = $state.raw([]);
  reload: "now" | "later" = $state("now");
  /** Of the sites that are chosen now. */
  plan: HookPlan | undefined = $state.raw();
  failure: Failure | undefined = $state.raw();
  outcome: HookOutcome | undefined = $state.raw();
  readonly #target: HookTarget;
  /** Replies to earlier questions are too late. */
  #asked = 0;

  constructor(target: HookTarget, choices: readonly SiteChoice[]) {
    this.#target = target;
    this.chosen = choices.filter(({ obstacle }) => obstacle === undefined).map(({ id }) => id);
  }

  get isReady(): boolean {
    return this.phase === "choosing" && this.plan !== undefined && this.plan.sites.length > 0;
  }

  take(id: string, isTaken: boolean): void {
    this.chosen = isTaken ? [...this.chosen, id] : this.chosen.filter((each) => each !== id);
    void this.look();
  }

  /** Asks for the plan anew; until it comes there is none. */
  async look(): Promise<void> {
    const { serverId, webServer, remove } = this.#target;
    this.#asked += 1;
    const asked = this.#asked;
    this.plan = undefined;
    this.failure = undefined;
    if (this.chosen.length === 0) return;
    try {
      const plan = await call("webServers.planHook", { serverId, webServer, remove, sites: [...this.chosen] });
      if (asked === this.#asked) this.plan = plan;
    } catch (error) {
      if (asked === this.#asked) this.failure = failureOf(error);
    }
  }

  /** Carries out the plan that is shown, and no other. */
  async run(): Promise<void> {
    const { serverId, webServer, remove } = this.#target;
    if (this.plan === undefined) return;
    const { digest } = this.plan;
    this.phase = "running";
    this.failure = undefined;
    try {
      this.outcome = await call(remove ? "webServers.removeHook" : "webServers.installHook", {
        serverId,
        webServer,
        sites: [...this.chosen],
        digest,
        reload: this.reload,
      });
      this.phase = "done";
    } catch (error) {
      this.failure = failureOf(error);
      this.phase = "choosing";
    }
  }
}
