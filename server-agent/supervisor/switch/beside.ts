import type { Config } from "../../contract/config.ts";
import type { Receipt } from "../../contract/maintenance.ts";
import type { Refusal } from "../../result.ts";
import type { Service } from "../../adapters/service.ts";

/** The web servers beside the agent, as far as a switch needs them. */
export interface Beside {
  /** Why this document cannot be switched to: a site that it closes does not ask the agent, say. */
  obstacle(before: Config, after: Config): Promise<Refusal | undefined>;
  /**
   * Lets the web servers ask for what is closed now. After the workers have switched: a site whose
   * web server asks before that would let everybody in.
   *
   * Rejects with an `Error`; then they ask for what was closed before.
   */
  publish(service: Service): Promise<void>;
  /**
   * Looks at what visitors of the web servers get, before anybody is told that a site is closed.
   * Returns what else they got where it is not closed everywhere.
   *
   * @param receipts Those that the switch has opened or closed.
   */
  observe(service: Service, receipts: readonly Receipt[]): Promise<string | undefined>;
}
