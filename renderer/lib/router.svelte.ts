/** Which screen is shown, and the way back. */
import type { Destination } from "../../main/ipc-contract.ts";

/** `palette` is a layer, not a screen. */
export type Screen = Exclude<Destination, { screen: "palette" }> | { screen: "servers" };

class Router {
  current: Screen = $state.raw({ screen: "overview" });
  palette = $state(false);
  #trail: Screen[] = [];
  /** Asked before a screen with unsaved input is left; returns whether leaving is fine. */
  guard: (() => boolean) | undefined;

  go(to: Destination | Screen): void {
    if (to.screen === "palette") {
      this.palette = true;
      return;
    }
    if (this.guard?.() === false) return;
    this.guard = undefined;
    this.palette = false;
    this.#trail = [...this.#trail.slice(-50), this.current];
    this.current = to;
  }

  back(): void {
    if (this.guard?.() === false) return;
    this.guard = undefined;
    this.current = this.#trail.pop() ?? { screen: "overview" };
  }
}

export const router = new Router();
