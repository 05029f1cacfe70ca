/**
 * What the plan says for each of several sites, each on its server as it is now; computed by main
 * with the code that will apply it.
 */
import { t } from "../../../main/language/translate.ts";
import { SvelteMap } from "svelte/reactivity";
import { call, failureOf } from "../../lib/bridge.ts";
import { placeKey, type PlaceVerdict, type PlannedPlace } from "./together.ts";

interface Answer {
  /** Everything that it depends on. */
  question: string;
  verdict: PlaceVerdict;
}

const DEBOUNCE_MS = 150;
/** A plan carries two whole configurations; more at once would only wait in line. */
const MAX_CONCURRENT_PLANS = 4;

function questionOf({ generation, options }: PlannedPlace): string {
  return JSON.stringify([generation, options]);
}

export class PlacePlans {
  readonly #answers = new SvelteMap<string, Answer>();
  #round = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `undefined` while it is being planned. */
  verdictOf(place: PlannedPlace): PlaceVerdict | undefined {
    const answer = this.#answers.get(placeKey(place));
    return answer?.question === questionOf(place) ? answer.verdict : undefined;
  }

  /** Asks for those that are not known yet; a round that a newer one has overtaken ends. */
  ask(places: readonly PlannedPlace[]): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#load(places), this.#answers.size === 0 ? 0 : DEBOUNCE_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#round += 1;
  }

  async #load(places: readonly PlannedPlace[]): Promise<void> {
    const round = (this.#round += 1);
    const open = places.filter((place) => this.verdictOf(place) === undefined);
    const next = async (): Promise<void> => {
      for (let place = open.shift(); place !== undefined && round === this.#round; place = open.shift()) {
        const verdict = await plan(place);
        this.#answers.set(placeKey(place), { question: questionOf(place), verdict });
      }
    };
    await Promise.all(Array.from({ length: MAX_CONCURRENT_PLANS }, next));
  }
}

async function plan({ serverId, options }: PlannedPlace): Promise<PlaceVerdict> {
  if (options.hosts?.length === 0)
    return {
      ok: false,
      failure: {
        code: "options.invalid",
        message: t("All of its domains are left out, so that nobody would see the maintenance page."),
      },
    };
  try {
    const { copycat, warnings } = await call("maintenance.plan", { serverId, options });
    return { ok: true, copycat, warnings };
  } catch (error) {
    return { ok: false, failure: failureOf(error) };
  }
}
