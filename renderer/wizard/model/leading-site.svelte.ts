/**
 * The site that leads the draft, as its server has it, and the plan for it: what the steps and
 * their previews show.
 */
import { t } from "../../../main/language/translate.ts";
import type { Config, MaintenanceOptions, Plan, VirtualHost, Warning } from "../../../main/contract/agent.ts";
import type { Failure } from "../../../main/contract/failures.ts";
import type { ServerState } from "../../../main/contract/servers.ts";
import { appState } from "../../lib/app-state.svelte.ts";
import { foreignOf, type Foreign } from "../../../main/contract/shared/foreign.ts";
import { hostName } from "../../lib/sites.ts";
import { optionsOf, staffHostsOf, type Step } from "../../maintenance/draft.ts";
import { fieldOfOption, refusedFields, stepOfField, type DraftProblems } from "../../maintenance/draft-problems.ts";
import { PlanSource } from "./plan-source.svelte.ts";
import { fieldOfWarning } from "./plan-warnings.ts";
import type { Wizard } from "./wizard.svelte.ts";

export class LeadingSite {
  readonly source = new PlanSource();
  /** `undefined` while none is chosen, or the server or the site is gone. */
  readonly server: ServerState | undefined = $derived.by(() => appState.server(this.#wizard.draft.serverId));
  readonly original: VirtualHost | undefined = $derived.by(() =>
    this.config?.virtualHosts.find(({ id }) => id === this.#wizard.draft.site),
  );
  readonly options: MaintenanceOptions | undefined = $derived.by(() =>
    this.original === undefined
      ? undefined
      : optionsOf(this.#wizard.draft, this.original.hosts, appState.current.settings.author),
  );
  /** The web server beside the agent that serves it. */
  readonly foreign: Foreign | undefined = $derived.by(() =>
    this.original === undefined ? undefined : foreignOf(this.original, this.server?.snapshot?.webServers),
  );
  readonly #wizard: Wizard;
  readonly #generation: number | undefined = $derived.by(() => this.server?.snapshot?.agent.generation);

  /** Made while a component is set up: it keeps the plan current until that is destroyed. */
  constructor(wizard: Wizard) {
    this.#wizard = wizard;
    $effect(() => {
      // Another generation on the server is another plan.
      if (this.options !== undefined && this.#generation !== undefined && wizard.isSound)
        this.source.ask(wizard.draft.serverId, this.options, this.#generation, wizard.language);
      else this.source.hold();
    });
    $effect(() => () => this.source.stop());
  }

  get config(): Config | undefined {
    return this.server?.snapshot?.config;
  }

  /** `shop.example.com`, as it is said in a sentence. */
  get name(): string {
    return this.original === undefined ? t("a site") : hostName(this.original.hosts[0] ?? this.original.id);
  }

  /** As visitors type it. */
  get address(): string {
    const isTls = this.foreign?.found?.listeners.some(({ tls }) => tls) ?? false;
    return `${isTls ? "https" : "http"}://${this.name}`;
  }

  /** The latest plan for this site; perhaps that of an earlier draft, see `isStale`. */
  get plan(): Plan | undefined {
    return this.source.plan?.site === this.#wizard.draft.site ? this.source.plan : undefined;
  }

  /** The draft as it is now cannot be planned, so the plan is that of an earlier one. */
  get isStale(): boolean {
    return (this.source.failure !== undefined || !this.#wizard.isSound) && this.plan !== undefined;
  }

  /** What the plan refuses, at the fields that it comes from. */
  get refused(): DraftProblems {
    return refusedFields(this.source.failure?.problems ?? [], this.#wizard.draft);
  }

  /** A failure that no field can be blamed for. */
  get failure(): Failure | undefined {
    const { failure } = this.source;
    const problems = failure?.problems ?? [];
    return problems.length > 0 && problems.every(({ path }) => fieldOfOption(path, this.#wizard.draft) !== undefined)
      ? undefined
      : failure;
  }

  warningsIn(step: Step): Warning[] {
    const { draft, steps } = this.#wizard;
    return (
      this.plan?.warnings.filter(
        (warning) => stepOfField(fieldOfWarning(warning, staffHostsOf(draft)), steps) === step,
      ) ?? []
    );
  }
}
