/** What can be done with a status page, whatever its service. */
import type { Receipt } from "../../contract/maintenance.ts";
import type { Undelivered } from "./webhook-answer.ts";

export interface RemotePage {
  /** @param name what people call the site. @returns its id there, or why it was not opened */
  open(receipt: Receipt, name: string): Promise<{ id: string } | Undelivered>;
  /** One that is gone there counts as closed. @returns why it is still open */
  close(id: string): Promise<Undelivered | undefined>;
  /** Changes nothing. @returns what would keep it from being changed */
  check(): Promise<Undelivered | undefined>;
}
