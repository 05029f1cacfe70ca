/** Puts the hook into web servers beside the agent, and takes it out. */
import { createHash } from "node:crypto";
import type { Config } from "../../contract/config.ts";
import type { HookOutcome, HookPlan, HookPlanRequest, HookRequest } from "../../contract/web-servers.ts";
import { closedSites } from "../../core/web-servers/closed-sites.ts";
import { withoutSites, withSites } from "../../core/web-servers/prepared-sites.ts";
import { listOf, quote } from "../../core/wording.ts";
import { done, refuse, type Result } from "../../result.ts";
import type { HookDraft } from "../../adapters/adapter.ts";
import { removeLeftovers } from "../../adapters/hook-files.ts";
import { carryOutHook } from "../../adapters/install-hook.ts";
import type { Log } from "../../log.ts";
import type { Switch } from "../switch/switch.ts";
import type { WriteQueue } from "../switch/write-queue.ts";
import { preparedOf } from "./describe-server.ts";
import type { FoundServer, FoundServers } from "./found-servers.ts";
import { letAsk } from "./let-ask.ts";
import { placePageSocket } from "./place-page-socket.ts";
import type { WebServers } from "./web-servers.ts";

export interface PreparingParts {
  foundServers: FoundServers;
  webServers: Pick<WebServers, "lookAnew">;
  webFolder: string;
  switch: Switch;
  queue: WriteQueue;
  log: Log;
}

export class Preparing {
  readonly #parts: PreparingParts;

  constructor(parts: PreparingParts) {
    this.#parts = parts;
  }

  /** What would be done; nothing is. Refuses with `not-found`. */
  async plan(id: string, { sites, remove = false }: HookPlanRequest): Promise<Result<HookPlan>> {
    const found = await this.#find(id);
    return found.ok ? done(this.#planOf(found.value, sites, remove)) : found;
  }

  /**
   * Lets the web server ask the agent for these sites, and adds them to the document. Refuses with
   * `not-found`, `hook.drift` when the plan is another one than was shown, and `hook.failed`; then
   * everything is as it was.
   */
  install(id: string, request: HookRequest, arrivedAt: number): Promise<Result<HookOutcome>> {
    return this.#parts.queue.write(() => this.#install(id, request, arrivedAt));
  }

  /**
   * Takes the hook out, and the sites from the document. Refuses like `install`, and with
   * `maintenance.conflict` for a closed site.
   */
  remove(id: string, request: HookRequest, arrivedAt: number): Promise<Result<HookOutcome>> {
    return this.#parts.queue.write(() => this.#remove(id, request, arrivedAt));
  }

  async #install(id: string, request: HookRequest, arrivedAt: number): Promise<Result<HookOutcome>> {
    const { switch: swap } = this.#parts;
    const found = await this.#planned(id, request, false);
    if (!found.ok) return found;
    const { instance, plan, read } = found.value;
    const before = swap.active;
    const placed = placePageSocket(this.#parts.webFolder, id, read.pageSocket);
    if (placed !== undefined) return placed;
    const chosen = read.sites.filter((site) => plan.sites.includes(site.id));
    const changed = await this.#apply(
      withSites(before.config, id, chosen),
      request,
      `prepared ${named(plan)}`,
      arrivedAt,
    );
    if (!changed.ok) return changed;
    const grant = letAsk(this.#parts.webFolder, instance);
    const installed = grant ?? (await this.#carryOut(found.value, request, "live"));
    if (installed.ok) return this.#outcome(plan);
    const back = await this.#apply(before.config, request, `not prepared: ${installed.refusal.message}`, arrivedAt);
    if (!back.ok)
      this.#parts.log.error("could not restore the configuration", { why: back.refusal.message, webServer: id });
    return installed;
  }

  async #remove(id: string, request: HookRequest, arrivedAt: number): Promise<Result<HookOutcome>> {
    const { switch: swap } = this.#parts;
    const found = await this.#planned(id, request, true);
    if (!found.ok) return found;
    const { plan } = found.value;
    const closed = closedSites(swap.active.config);
    const held = plan.sites.filter((site) => closed.has(site));
    if (held.length > 0)
      return refuse(
        "maintenance.conflict",
        `${listOf(held, "and")} ${held.length === 1 ? "is" : "are"} in maintenance; bring back first, then remove the hook.`,
      );
    const removed = await this.#carryOut(found.value, request, "gone");
    if (!removed.ok) return removed;
    removeLeftovers(found.value.read.files.keys());
    const changed = await this.#apply(
      withoutSites(swap.active.config, id, plan.sites),
      request,
      `removed the hook of ${named(plan)}`,
      arrivedAt,
    );
    return changed.ok ? this.#outcome(plan) : changed;
  }

  async #planned(
    id: string,
    { sites, digest }: HookRequest,
    remove: boolean,
  ): Promise<Result<FoundServer & { plan: HookPlan }>> {
    const found = await this.#find(id);
    if (!found.ok) return found;
    const known = [
      ...preparedOf(this.#parts.switch.active.config, id),
      ...found.value.read.sites.map((site) => site.id),
    ];
    const unknown = sites?.find((site) => !known.includes(site));
    if (unknown !== undefined) return refuse("hook.failed", `${id} has no site ${quote(unknown)}.`);
    const plan = this.#planOf(found.value, sites, remove);
    if (digest !== undefined && digest !== plan.digest)
      return refuse("hook.drift", `The configuration of ${id} has changed since you saw the plan; review it again.`);
    const [first] = plan.refused;
    if (plan.sites.length === 0 || (sites !== undefined && first !== undefined))
      return refuse(
        "hook.failed",
        first === undefined
          ? `There is nothing to ${remove ? "remove" : "prepare"} at ${id}.`
          : `${first.site} cannot be prepared: ${first.hazards.map(({ message }) => message).join(" ")}`,
      );
    return done({ ...found.value, plan });
  }

  #planOf({ adapter, instance, read }: FoundServer, sites: readonly string[] | undefined, remove: boolean): HookPlan {
    const all = remove ? preparedOf(this.#parts.switch.active.config, instance.id) : read.sites.map((site) => site.id);
    const draft = adapter.plan(instance, read, [...new Set(sites ?? all)], remove);
    return { webServer: instance.id, ...draft, digest: digestOf(draft) };
  }

  /** Writes, checks, reloads and looks; what fails is put back. */
  #carryOut(
    { adapter, instance, read, plan }: FoundServer & { plan: HookPlan },
    { reload = "now" }: HookRequest,
    expect: "live" | "gone",
  ): ReturnType<typeof carryOutHook> {
    const questions = read.questions.filter(({ site }) => plan.sites.includes(site));
    return carryOutHook({ adapter, instance, files: plan.files, questions, expect, reload });
  }

  #apply(config: Config, { author = "unknown" }: HookRequest, reason: string, arrivedAt: number) {
    return this.#parts.switch.apply({ wanted: { kind: "sent", document: config }, author, reason }, arrivedAt);
  }

  async #outcome(plan: HookPlan): Promise<Result<HookOutcome>> {
    const webServer = (await this.#parts.webServers.lookAnew()).find(({ id }) => id === plan.webServer);
    if (webServer === undefined) return refuse("hook.failed", `${plan.webServer} does not run any more.`);
    return done({ webServer, plan, generation: this.#parts.switch.active.generation });
  }

  /** By its id; `nginx` also means the only nginx that runs here, whatever its id. */
  async #find(id: string): Promise<Result<FoundServer>> {
    const found = await this.#parts.foundServers.find();
    const ofKind = found.filter(({ instance }) => instance.kind === id);
    const one = found.find(({ instance }) => instance.id === id) ?? (ofKind.length === 1 ? ofKind[0] : undefined);
    if (one !== undefined) return done(one);
    const known = found.map(({ instance }) => instance.id);
    return refuse(
      "not-found",
      `No web server ${id} runs here${known.length === 0 ? "" : `; ${listOf(known, "and")} ${known.length === 1 ? "does" : "do"}`}.`,
    );
  }
}

function named({ webServer, sites }: HookPlan): string {
  return `${listOf(sites, "and")} at ${webServer}`;
}

function digestOf(draft: HookDraft): string {
  return createHash("sha256").update(JSON.stringify(draft)).digest("hex").slice(0, 32);
}
