/** Keeps the presets: stored first, then told. */
import { t } from "../language/translate.ts";
import { randomUUID } from "node:crypto";
import { MAX_PRESETS, type Preset } from "../contract/maintenance.ts";
import type { Result } from "../contract/failures.ts";
import { done, failed } from "../failures.ts";
import type { OpenDocument } from "../stores/document.ts";
import type { StateStore } from "./state-store.ts";

export class Presets {
  readonly #document: OpenDocument<Preset[]>;
  readonly #store: Pick<StateStore, "set">;

  constructor(document: OpenDocument<Preset[]>, store: Pick<StateStore, "set">) {
    this.#document = document;
    this.#store = store;
    store.set("presets", document.value);
  }

  /** In place of the one of this name for the same site, or for every site. */
  save(preset: Omit<Preset, "id">): Result<null> {
    const before = this.#document.value.find((each) => isSame(each, preset));
    const others = this.#document.value.filter((each) => each !== before);
    if (others.length >= MAX_PRESETS)
      return failed(
        "settings.failed",
        t("There are {count} presets already; remove one first.", { count: MAX_PRESETS }),
      );
    return this.#keep([...others, { ...preset, id: before?.id ?? randomUUID() }]);
  }

  remove(id: string): Result<null> {
    return this.#keep(this.#document.value.filter((each) => each.id !== id));
  }

  #keep(presets: Preset[]): Result<null> {
    const sorted = presets.toSorted((one, other) => one.name.localeCompare(other.name, "en"));
    this.#document.save(sorted);
    this.#store.set("presets", sorted);
    return done(null);
  }
}

function isSame(one: Omit<Preset, "id">, other: Omit<Preset, "id">): boolean {
  return one.name === other.name && one.site?.serverId === other.site?.serverId && one.site?.site === other.site?.site;
}
