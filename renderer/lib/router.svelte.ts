/** Which screen is shown, and the way back. */
import type { Destination } from "../../main/contract/desktop.ts";
import type { Screen } from "./screen.ts";

class Router {
  current: Screen = $state.raw({ screen: "overview" });
  palette = $state(false);
  #trail: Screen[] = [];
  /**
   * Asked before a screen is left where something would be lost; returns whether leaving is fine.
   * If not now, it may call `leave` once the person has agreed.
   */
  guard: ((leave: () => void) => boolean) | undefined;

  go(to: Destination | Screen): void {
    if (to.screen === "palette") {
      this.palette = true;
      return;
    }
    this.palette = false;
    if (!this.#mayLeave(() => this.go(to))) return;
    this.#trail = [...this.#trail.slice(-50), this.current];
    this.current = to;
  }

  back(): void {
    if (!this.#mayLeave(() => this.back())) return;
    this.current = this.#trail.pop() ?? { screen: "overview" };
  }

  /** Does at once, or once the person agrees, what would lose what the screen holds. */
  leaveFor(act: () => void): void {
    if (this.#mayLeave(act)) act();
  }

  #mayLeave(again: () => void): boolean {
    const { guard } = this;
    const leave = () => {
      this.guard = undefined;
      again();
    };
    if (guard?.(leave) === false) return false;
    this.guard = undefined;
    return true;
  }
}

export const router = new Router();
