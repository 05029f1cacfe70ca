/**
 * "Ask before every change": each command that changes a server which wants that waits for a
 * person, wherever on the page it comes from.
 */
import { appState } from "../lib/app-state.svelte.ts";
import { guardCalls } from "../lib/bridge.ts";
import { changeWords, confirmedServers } from "./confirmed-servers.ts";

interface Pending {
  /** Names of the servers that want to be asked about. */
  servers: string[];
  what: string;
  answer: (isConfirmed: boolean) => void;
}

class Confirming {
  pending: Pending | undefined = $state.raw();

  /** From now on calls of the page wait for an answer where a server wants that. */
  begin(): void {
    guardCalls((name, input) => {
      const what = changeWords(name);
      const servers = what === undefined ? [] : confirmedServers(name, input, appState.current);
      if (what === undefined || servers.length === 0) return Promise.resolve(true);
      // One question at a time; what comes in between is not carried out.
      if (this.pending !== undefined) return Promise.resolve(false);
      return new Promise((resolve) => {
        this.pending = {
          servers,
          what,
          answer: (isConfirmed) => {
            this.pending = undefined;
            resolve(isConfirmed);
          },
        };
      });
    });
  }
}

export const confirming = new Confirming();
