/**
 * The page's one copy of the app's state: asked for once, then patched as main observes changes.
 */
import type { AppState, StatePatch } from "../../main/contract/state.ts";
import type { ServerState } from "../../main/contract/servers.ts";
import { patched } from "../../main/contract/state/patch.ts";
import { call } from "./bridge.ts";

/** Patches within this time are applied together: with 500 servers, each sends one a second. */
const GATHER_MS = 100;

class PageState {
  #current: AppState | undefined = $state.raw();
  /** Epoch milliseconds, one tick a second: for everything that shows an age. */
  #now = $state(Date.now());
  #waiting: StatePatch[] = [];
  #gathering = false;

  /** Subscribes before asking, so that no patch between the two is lost. */
  async start(): Promise<void> {
    window.bridge.onPatch((patch) => {
      this.#waiting.push(patch);
      if (this.#current !== undefined && !this.#gathering) this.#apply();
    });
    this.#current = await call("state.get", undefined);
    this.#apply();
    setInterval(() => (this.#now = Date.now()), 1000);
  }

  get current(): AppState {
    if (this.#current === undefined) throw new Error("the page started without its state");
    return this.#current;
  }

  get now(): number {
    return this.#now;
  }

  server(id: string): ServerState | undefined {
    return this.current.servers.find((server) => server.profile.id === id);
  }

  /** A first patch is shown at once; those that follow closely are gathered. */
  #apply(): void {
    const patches = this.#waiting;
    this.#waiting = [];
    this.#gathering = patches.length > 0;
    if (!this.#gathering) return;
    this.#current = patched(this.current, patches);
    setTimeout(() => this.#apply(), GATHER_MS);
  }
}

export const appState = new PageState();
