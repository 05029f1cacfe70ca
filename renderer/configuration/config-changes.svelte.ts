/** Changes of a server's configuration, one at a time, and the way back from the latest. */
import type { Config } from "../../main/contract/agent.ts";
import type { Failure } from "../../main/contract/failures.ts";
import type { ServerState } from "../../main/contract/servers.ts";
import { call, failureOf } from "../lib/bridge.ts";
import { effectsOf, type Effect } from "./affected.ts";

interface Made {
  /** What was active before. */
  before: number;
  generation: number;
  reason: string;
}

/** A change that somebody has to agree to, as it affects visitors. */
interface Proposed {
  changed: Config;
  reason: string;
  title: string;
  verb: string;
  effects: Effect[];
  /** The generation that it was made from: another one is not overwritten. */
  generation: number;
}

export class ConfigChanges {
  proposed: Proposed | undefined = $state.raw();
  busy = $state(false);
  failure: Failure | undefined = $state.raw();
  #latest: Made | undefined = $state.raw();
  readonly #server: () => ServerState;

  constructor(server: () => ServerState) {
    this.#server = server;
  }

  /** The latest change, as long as it is the latest of all: a later one could not be undone with it. */
  get latest(): Made | undefined {
    return this.#latest !== undefined && this.#generation <= this.#latest.generation ? this.#latest : undefined;
  }

  get #generation(): number {
    return this.#server().snapshot?.agent.generation ?? 0;
  }

  get config(): Config | undefined {
    return this.#server().snapshot?.config;
  }

  /**
   * @param before the generation that it was made from
   * @throws {FailureError} what the agent refuses
   */
  async put(changed: Config, reason: string, before = this.#generation): Promise<void> {
    const { profile } = this.#server();
    const { generation } = await call("config.put", {
      serverId: profile.id,
      config: changed,
      ifGeneration: before,
      reason,
    });
    this.#latest = { before, generation, reason };
  }

  /** The same from a button: what is refused is kept in `failure`. */
  async change(changed: Config, reason: string): Promise<void> {
    if (changed !== this.config) await this.#attempt(() => this.put(changed, reason));
  }

  /** The same, after asking if it affects any visitor. */
  async propose(changed: Config, { title, verb, reason }: Pick<Proposed, "title" | "verb" | "reason">): Promise<void> {
    const { config } = this;
    const effects = config === undefined ? [] : effectsOf(config, changed);
    if (effects.length === 0) await this.change(changed, reason);
    else this.proposed = { changed, reason, title, verb, effects, generation: this.#generation };
  }

  undo(): Promise<void> {
    return this.#attempt(async () => {
      if (this.latest === undefined) return;
      const { before, generation } = this.latest;
      const serverId = this.#server().profile.id;
      await call("generation.activate", { serverId, generation: before, ifGeneration: generation });
      this.#latest = undefined;
    });
  }

  async #attempt(action: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.failure = undefined;
    try {
      await action();
    } catch (error) {
      this.failure = failureOf(error);
    }
    this.busy = false;
  }
}
