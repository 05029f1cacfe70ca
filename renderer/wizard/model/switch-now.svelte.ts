/** Puts one site in maintenance at once, by a graceful or a hard restart. */
import { t } from "../../../main/language/translate.ts";
import type { Warning } from "../../../main/contract/agent.ts";
import type { WatchedRequests } from "../../../main/contract/requests.ts";
import { call, FailureError } from "../../lib/bridge.ts";
import type { Screen } from "../../lib/screen.ts";
import { watchRequests, type RequestView } from "../../lib/watched-requests.svelte.ts";
import { passTermsOf } from "../../maintenance/draft.ts";
import { newPasses } from "../../maintenance/new-passes.svelte.ts";
import type { LeadingSite } from "./leading-site.svelte.ts";
import type { Strategy } from "./strategy.ts";
import { isTogether } from "./together.ts";
import type { Wizard } from "./wizard.svelte.ts";

export class SwitchNow implements Strategy {
  #view: RequestView | undefined = $state.raw();
  readonly #wizard: Wizard;
  readonly #site: LeadingSite;
  readonly #watched: string | undefined = $derived.by(() => {
    const { draft, step } = this.#wizard;
    return step === "restart" && draft.when === "now" && !isTogether(draft) ? this.#site.server?.profile.id : undefined;
  });

  /** Made while a component is set up: it watches until that is destroyed. */
  constructor(wizard: Wizard, site: LeadingSite) {
    this.#wizard = wizard;
    this.#site = site;
    $effect(() => this.#watch(this.#watched));
  }

  /** What is in flight on its server, while the last step shows it. */
  get requests(): WatchedRequests | undefined {
    return this.#view?.current;
  }

  get isReady(): boolean {
    const { plan, source, server } = this.#site;
    return plan !== undefined && source.failure === undefined && server?.connection.state === "connected";
  }

  get warnings(): readonly Warning[] {
    return this.#site.plan?.warnings ?? [];
  }

  get isDisruptive(): boolean {
    return this.#wizard.draft.restart === "hard";
  }

  async submit(): Promise<Screen> {
    const { serverId, restart, site } = this.#wizard.draft;
    const { options, source } = this.#site;
    if (options === undefined || source.generation === undefined)
      throw new FailureError({ code: "not-found", message: t("There is no site {site} any more.", { site }) });
    const receipt = await call("maintenance.start", { serverId, options, ifGeneration: source.generation });
    const passes = passTermsOf($state.snapshot(this.#wizard.draft));
    // Their links are waited for on the next screen.
    if (passes.names.length > 0) void newPasses.make({ serverId, site }, passes);
    if (restart === "hard") await call("server.restart", { serverId, mode: "hard" });
    return { screen: "progress", serverId, receiptId: receipt.id };
  }

  #watch(serverId: string | undefined): (() => void) | undefined {
    if (serverId === undefined) return undefined;
    const view = watchRequests({ serverId });
    this.#view = view;
    return () => {
      view.stop();
      this.#view = undefined;
    };
  }
}
