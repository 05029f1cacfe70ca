/**
 * Staff passes that were made since the app was started. An agent tells their links only once, so
 * they are kept here until somebody hides them, whichever screen is shown meanwhile.
 */
import { SvelteMap } from "svelte/reactivity";
import type { IssuedPass } from "../../main/contract/agent.ts";
import type { Failure } from "../../main/contract/failures.ts";
import { call, failureOf } from "../lib/bridge.ts";
import type { Place } from "./draft.ts";
import { endOfPass, type PassTerms } from "./pass-terms.ts";

interface Made {
  /** With their links, the newest first. */
  issued: readonly IssuedPass[];
  /** Names whose passes are being made. */
  making: readonly string[];
  /** What was refused, and for whom there is no pass therefore. */
  refused: { failure: Failure; terms: PassTerms } | undefined;
}

const NOTHING: Made = { issued: [], making: [], refused: undefined };

class NewPasses {
  readonly #made = new SvelteMap<string, Made>();

  of(place: Place): Made {
    return this.#made.get(keyOf(place)) ?? NOTHING;
  }

  /** There is something to be seen of passes made before. */
  isShown(place: Place): boolean {
    const { issued, making, refused } = this.of(place);
    return issued.length + making.length > 0 || refused !== undefined;
  }

  /** One after the other; where one is refused, those after it are not made either. */
  async make(place: Place, terms: PassTerms): Promise<void> {
    const { serverId, site } = place;
    const open = [...terms.names];
    this.#set(place, { making: [...open], refused: undefined });
    for (let [name] = open; name !== undefined; [name] = open) {
      try {
        const pass = { name, site, until: endOfPass(terms, Date.now()) };
        const issued = await call("pass.create", { serverId, pass });
        open.shift();
        this.#set(place, { issued: [issued, ...this.of(place).issued], making: [...open] });
      } catch (error) {
        this.#set(place, { making: [], refused: { failure: failureOf(error), terms: { ...terms, names: open } } });
        return;
      }
    }
  }

  /** Its link is not shown any more. */
  hide(place: Place, id: string): void {
    this.#set(place, { issued: this.of(place).issued.filter((pass) => pass.id !== id) });
  }

  #set(place: Place, change: Partial<Made>): void {
    this.#made.set(keyOf(place), { ...this.of(place), ...change });
  }
}

function keyOf({ serverId, site }: Place): string {
  return `${serverId}/${site}`;
}

export const newPasses = new NewPasses();
