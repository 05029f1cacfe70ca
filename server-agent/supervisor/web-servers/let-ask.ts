import { chownSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../log.ts";
import { refuse, type Refusal } from "../../result.ts";
import type { Instance } from "../../adapters/adapter.ts";

/**
 * Lets the workers of a web server connect to its page source, and nobody else: the socket gets
 * their group. Refuses with `hook.failed`.
 */
export function letAsk(
  webFolder: string,
  { id, user, group: own }: Pick<Instance, "id" | "user" | "group">,
): { ok: false; refusal: Refusal } | undefined {
  const path = join(webFolder, `${id}.sock`);
  try {
    const group = own ?? groupOf(user);
    if (group === undefined)
      return refuse("hook.failed", `The workers of ${id} run as ${user}, a user that is not in /etc/passwd.`);
    if (process.geteuid !== undefined) chownSync(path, process.geteuid(), group);
    return undefined;
  } catch (failure) {
    return refuse(
      "hook.failed",
      `${path} could not be given to the group of ${user}, as which ${id} runs: ${messageOf(failure)}. Run the agent as root, or add its user to that group.`,
    );
  }
}

/** Number of a user's main group (passwd(5)). */
function groupOf(user: string): number | undefined {
  for (const line of readFileSync("/etc/passwd", "utf8").split("\n")) {
    const [name, , , group] = line.split(":");
    if (name === user && group !== undefined) return Number(group);
  }
  return undefined;
}
