/** What is done about a site that is not closed because another one stands above its copycat. */
import type { Config, Receipt } from "../../main/contract/agent.ts";
import type { Failure } from "../../main/contract/failures.ts";
import type { Verdict } from "../../main/contract/shared/proof.ts";
import { moved } from "../configuration/config-edits.ts";
import { t } from "../../main/language/translate.ts";
import { appState } from "../lib/app-state.svelte.ts";
import { call, failureOf } from "../lib/bridge.ts";

/** Whether everything that answers instead stands above the copycat, so that moving it helps. */
export function isShadowed({ virtualHosts }: Config, { copycat }: Receipt, { kind, instead }: Verdict): boolean {
  const at = virtualHosts.findIndex(({ id }) => id === copycat);
  const above = virtualHosts.slice(0, Math.max(at, 0)).map(({ id }) => id);
  return kind === "not-closed" && instead.every((name) => above.includes(name));
}

export class MoveToTop {
  busy = $state(false);
  failure: Failure | undefined = $state.raw();

  /** Puts the copycat above all others, and has it proved. */
  async run(serverId: string, { id, copycat, site }: Receipt): Promise<void> {
    const snapshot = appState.server(serverId)?.snapshot;
    if (snapshot === null || snapshot === undefined) return;
    const { config, agent } = snapshot;
    const from = config.virtualHosts.findIndex((virtualHost) => virtualHost.id === copycat);
    this.busy = true;
    this.failure = undefined;
    try {
      await call("config.put", {
        serverId,
        config: moved(config, from, 0),
        ifGeneration: agent.generation,
        reason: t("{copycat} moved to the top, so that {site} is closed", { copycat, site }),
      });
      await call("maintenance.prove", { serverId, receiptId: id });
    } catch (error) {
      this.failure = failureOf(error);
    } finally {
      this.busy = false;
    }
  }
}
