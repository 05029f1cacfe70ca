/** The page's one copy of the app's state: asked for once, then patched as main observes changes. */
import type { AppState, ServerState, StatePatch } from "../../main/ipc-contract.ts";
import { call } from "./bridge.ts";

/** The state after a patch; a new server comes last. */
export function patched(state: AppState, patch: StatePatch): AppState {
  switch (patch.part) {
    case "server": {
      const known = state.servers.some((server) => server.profile.id === patch.server.profile.id);
      return {
        ...state,
        servers: known
          ? state.servers.map((server) => (server.profile.id === patch.server.profile.id ? patch.server : server))
          : [...state.servers, patch.server],
      };
    }
    case "server-removed":
      return { ...state, servers: state.servers.filter((server) => server.profile.id !== patch.id) };
    case "practice":
      return { ...state, practice: patch.practice };
    case "settings":
      return { ...state, settings: patch.settings };
    case "notices":
      return { ...state, notices: patch.notices };
  }
}

class PageState {
  #current: AppState | undefined = $state.raw();
  /** Epoch milliseconds, one tick a second: for everything that shows an age. */
  #now = $state(Date.now());

  /** Subscribes before asking, so that no patch between the two is lost. */
  async start(): Promise<void> {
    const early: StatePatch[] = [];
    window.bridge.onPatch((patch) => {
      if (this.#current === undefined) early.push(patch);
      else this.#current = patched(this.#current, patch);
    });
    const state = await call("state.get", undefined);
    this.#current = early.reduce(patched, state);
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
}

export const appState = new PageState();
