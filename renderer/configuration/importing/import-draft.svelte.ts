/**
 * An import while it is prepared: what is read, what of it is taken, and what that changes. Nothing
 * changes before it is applied.
 */
import type { Change, Config, Imported, ImportFormat, ImportLine, Problem } from "../../../main/contract/agent.ts";
import type { ChosenImport } from "../../../main/contract/configuration.ts";
import type { Failure } from "../../../main/contract/failures.ts";
import { t } from "../../../main/language/translate.ts";
import { diffConfig } from "../../../server-agent/core/config/diff-config.ts";
import { call, failureOf } from "../../lib/bridge.ts";
import { effectsOf, type Effect } from "../affected.ts";
import type { ConfigChanges } from "../config-changes.svelte.ts";
import { pathOnServer } from "./import-words.ts";
import { type Choices, firstChoices, type HostChoice, type ListenerChoice, type Merged, merged } from "./merge.ts";

/** What was read, and where from. */
interface Read extends Imported {
  /** Name of the file, for people. */
  from: string;
}

export class ImportDraft {
  from: "here" | "server" = $state("here");
  /** On this computer. */
  file: ChosenImport | undefined = $state.raw();
  /** On the server. */
  path = $state("");
  format: ImportFormat | "detect" = $state("detect");
  read: Read | undefined = $state.raw();
  choices: Choices = $state.raw({ hosts: {}, listeners: {} });
  problems: readonly Problem[] = $state.raw([]);
  warnings: readonly Problem[] = $state.raw([]);
  busy = $state(false);
  failure: Failure | undefined = $state.raw();
  #asked = 0;
  #checked = 0;
  readonly #serverId: string;
  readonly #changes: ConfigChanges;

  constructor(serverId: string, changes: ConfigChanges) {
    this.#serverId = serverId;
    this.#changes = changes;
  }

  get config(): Config | undefined {
    return this.#changes.config;
  }

  get report(): readonly ImportLine[] {
    return this.read?.report ?? [];
  }

  /** Undefined as long as nothing was read. */
  readonly merged: Merged | undefined = $derived.by(() =>
    this.read === undefined || this.config === undefined
      ? undefined
      : merged(this.config, this.read.config, this.choices),
  );

  readonly differences: readonly Change[] = $derived.by(() =>
    this.merged === undefined || this.config === undefined ? [] : diffConfig(this.config, this.merged.config),
  );

  readonly effects: readonly Effect[] = $derived.by(() =>
    this.merged === undefined || this.config === undefined ? [] : effectsOf(this.config, this.merged.config),
  );

  /** So many virtual hosts are taken. */
  get taken(): number {
    return this.merged?.ids.size ?? 0;
  }

  /** Asks for a file of this computer, and reads it if it is known what it is. */
  async choose(): Promise<void> {
    await this.#attempt(async (isAsked) => {
      const chosen = await call("import.choose", undefined);
      if (chosen === null || !isAsked()) return;
      this.file = chosen;
      this.from = "here";
      this.format = chosen.format ?? "detect";
      if (chosen.format !== null) await this.#convert(isAsked);
    });
  }

  /** Reads what was chosen. */
  async convert(): Promise<void> {
    await this.#attempt((isAsked) => this.#convert(isAsked));
  }

  /** What was asked is answered to nobody. */
  cancel(): void {
    this.#asked += 1;
    this.busy = false;
  }

  /** To choose something else. */
  back(): void {
    this.cancel();
    this.read = undefined;
    this.failure = undefined;
  }

  takeHost(id: string, choice: HostChoice): void {
    this.choices = { ...this.choices, hosts: { ...this.choices.hosts, [id]: choice } };
  }

  takeListener(name: string, choice: ListenerChoice): void {
    this.choices = { ...this.choices, listeners: { ...this.choices.listeners, [name]: choice } };
  }

  /** Asks the agent whether it would take the result; ports are tried, too. */
  async check(): Promise<void> {
    const { merged: now } = this;
    this.#checked += 1;
    const checked = this.#checked;
    if (now === undefined || now.config === this.config) {
      this.problems = [];
      this.warnings = [];
      return;
    }
    const { problems, warnings = [] } = await call("config.check", { serverId: this.#serverId, config: now.config });
    if (checked !== this.#checked) return;
    this.problems = problems;
    this.warnings = warnings;
  }

  /** @returns whether it is done */
  async apply(): Promise<boolean> {
    const { merged: now, read } = this;
    if (now === undefined || read === undefined) return false;
    return await this.#attempt(() =>
      this.#changes.put(
        now.config,
        t("{count, plural, one {# virtual host} other {# virtual hosts}} imported from {file}", {
          count: now.ids.size,
          file: read.from.slice(-200),
        }),
      ),
    );
  }

  async #convert(isAsked: () => boolean): Promise<void> {
    const { file, from, config } = this;
    const format = this.format === "detect" ? undefined : this.format;
    if (config === undefined || (from === "here" && file === undefined)) return;
    const source =
      from === "here" && file !== undefined
        ? { path: pathOnServer(file.name, format ?? "nginx"), text: file.text }
        : { path: this.path.trim() };
    const imported = await call("import.convert", {
      serverId: this.#serverId,
      ...source,
      ...(format === undefined ? {} : { format }),
    });
    if (!isAsked()) return;
    this.choices = firstChoices(config, imported.config);
    this.read = { ...imported, from: from === "here" ? (file?.name ?? "") : source.path };
  }

  /** @returns whether it was done, and not cancelled meanwhile */
  async #attempt(action: (isAsked: () => boolean) => Promise<void>): Promise<boolean> {
    this.#asked += 1;
    const asked = this.#asked;
    const isAsked = () => asked === this.#asked;
    this.busy = true;
    this.failure = undefined;
    try {
      await action(isAsked);
      return isAsked();
    } catch (error) {
      if (isAsked()) this.failure = failureOf(error);
      return false;
    } finally {
      if (isAsked()) this.busy = false;
    }
  }
}
