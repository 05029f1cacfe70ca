/** The choices behind a maintenance that was made, to make it once more. Pure. */
import type { MaintenanceOptions } from "../../main/contract/agent.ts";
import { choicesOf, keptOptions } from "./choices.ts";
import { newDraft, type Draft } from "./draft.ts";

/**
 * The end is not taken over, which has passed; nor the hosts that the site does not have any more.
 * @param hosts those of the site now
 */
export function draftOfOptions(serverId: string, options: MaintenanceOptions, hosts: readonly string[]): Draft {
  const { hosts: covered } = options;
  return {
    ...newDraft(serverId, options.site, options.revertIfWrong ?? false),
    ...choicesOf(keptOptions(options)),
    reason: options.reason ?? "",
    copycat: options.copycat ?? "",
    leftOut: covered === undefined ? [] : hosts.filter((host) => !covered.includes(host)),
    position: options.position ?? "above",
  };
}
