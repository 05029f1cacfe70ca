/** The choices behind a maintenance that was made, to make it once more. Pure. */
import type { MaintenanceOptions } from "../../main/contract/agent.ts";
import { choicesOf } from "./choices.ts";
import { newDraft, type Draft } from "./draft.ts";

/**
 * The end is not taken over, which has passed; nor the hosts that the site does not have any more.
 * @param hosts those of the site now
 */
export function draftOfOptions(serverId: string, options: MaintenanceOptions, hosts: readonly string[]): Draft {
  const { site, reason = "", copycat = "", position = "above", revertIfWrong = false, hosts: covered } = options;
  const { retryAfter: _retryAfter, ...choices } = choicesOf(options);
  return {
    ...newDraft(serverId, site, revertIfWrong),
    ...choices,
    reason,
    copycat,
    position,
    leftOut: covered === undefined ? [] : hosts.filter((host) => !covered.includes(host)),
  };
}
