/** Changes of a server's configuration, one at a time, and the way back from the latest. */
import type { Config } from "../../main/contract/agent.ts";
import type { Failure } from "../../main/contract/failures.ts";
import type { ServerState } from "../../main/contract/servers.ts";
import { call, failureOf } from "../lib/bridge.ts";

interface Made {
  /** What was active before. */
  before: number;
  generation: number;
  reason: string;
}

export class ConfigChanges {
  busy = $state(false);
  failure: Failure | undefined = $state.raw();
  /** The latest change, as long as it can be undone. */
  latest: Made | undefined = $state.raw();
  readonly #server: () => ServerState;

  constructor(server: () => ServerState) {
    this.#server = server;
  }

  get config(): Config | undefined {
    return this.#server().snapshot?.config;
  }

  /** @throws {FailureError} what the agent refuses */
  async put(changed: Config, reason: string): Promise<void> {
    const { profile, snapshot } = this.#server();
    const before = snapshot?.agent.generation ?? 0;
    const { generation } = await call("config.put", {
      serverId: profile.id,
      config: changed,
      ifGeneration: before,
      reason,
    });
    this.latest = { before, generation, reason };
  }

  /** The same from a button: what is refused is kept in `failure`. */
  async change(changed: Config, reason: string): Promise<void> {
    if (changed !== this.config) await this.#attempt(() => this.put(changed, reason));
  }

  undo(): Promise<void> {
    return this.#attempt(async () => {
      if (this.latest === undefined) return;
      const { before, generation } = this.latest;
      const serverId = this.#server().profile.id;
      await call("generation.activate", { serverId, generation: before, ifGeneration: generation });
      this.latest = undefined;
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
