/** Chooses among the targets of an upstream: `core/balance` with what this worker knows. */
import type { Upstream } from "../../contract/upstream.ts";
import { type BalanceFacts, balanceKey, cookieOf } from "../../core/balance/balance-key.ts";
import { isHealthy } from "../../core/balance/target-health.ts";
import { targetOrder, tierOf } from "../../core/balance/target-order.ts";
import { turnsOf } from "../../core/balance/turns.ts";
import type { UpstreamTarget } from "./connection-owner.ts";

export class Balancer {
  readonly #targets: readonly UpstreamTarget[];
  readonly #balance: Upstream["balance"];
  readonly #sticky: Upstream["sticky"];
  /** Tiers by which the turns were made: they are the same until the health of a target changes. */
  #tiers = "";
  #turns: readonly number[] = [];
  #turn = 0;

  constructor(targets: readonly UpstreamTarget[], { balance, sticky }: Upstream) {
    this.#targets = targets;
    this.#balance = balance;
    this.#sticky = sticky;
  }

  /** All of them, in the order in which they are tried for this request. */
  order(facts: BalanceFacts, now: number): UpstreamTarget[] {
    const targets = this.#targets.map(({ url, weight, isBackup, health, calls }) => ({
      url,
      weight,
      isBackup,
      calls,
      isHealthy: isHealthy(health, now),
    }));
    const tiers = targets.map(tierOf);
    this.#renewTurns(tiers);
    const order = targetOrder(targets, {
      stuckTo: this.#stuckTo(facts),
      key: balanceKey(this.#balance, facts),
      byCalls: this.#balance === "leastConnections",
      turns: this.#turns,
      turn: this.#turn++,
    });
    return order.flatMap((at) => this.#targets[at] ?? []);
  }

  #renewTurns(tiers: readonly number[]): void {
    const text = tiers.join("");
    if (text === this.#tiers) return;
    this.#tiers = text;
    const used = Math.min(...tiers);
    this.#turns = turnsOf(this.#targets.map(({ weight }, at) => (tiers[at] === used ? weight : 0)));
  }

  #stuckTo(facts: BalanceFacts): number | undefined {
    if (this.#sticky === undefined) return undefined;
    const id = cookieOf(facts, this.#sticky.cookie);
    return id === undefined ? undefined : this.#targets.findIndex((target) => target.id === id);
  }
}
