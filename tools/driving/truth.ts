/** What a site was ordered to answer with: visitors of a load test hold it to that. */

export type SiteState = "live" | "maintenance";

export class Truth {
  /** `moving` while a write call has been sent and not yet replied. */
  state: SiteState | "moving" = "live";
  /**
   * Counts every change of `state`, so that "nothing changed in between" can be told from "changed
   * there and back".
   */
  epoch = 0;

  order(state: SiteState | "moving"): void {
    this.state = state;
    this.epoch += 1;
  }

  /** @param change Resolves with the reply to the write call. */
  async changeTo<Reply>(state: SiteState, change: () => Promise<Reply>): Promise<Reply> {
    this.order("moving");
    const reply = await change();
    this.order(state);
    return reply;
  }
}
