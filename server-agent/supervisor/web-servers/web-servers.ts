/**
 * Web servers beside the agent: finds them, puts the hook in and takes it out, and watches that it
 * stays.
 */
import { createHash } from "node:crypto";
import type { Config } from "../../contract/config.ts";
import type {
  DiscoveredSite,
  HookOutcome,
  HookPlan,
  HookPlanRequest,
  HookRequest,
  WebServer,
  WebServerSite,
} from "../../contract/web-servers.ts";
import { closedSites } from "../../core/web-servers/closed-sites.ts";
import { foreignServer } from "../../core/web-servers/foreign-server.ts";
import { unknownListeners, withoutSites, withSites } from "../../core/web-servers/prepared-sites.ts";
import { listOf, quote } from "../../core/wording.ts";
import { done, refuse, type Result } from "../../result.ts";
import type { HookDraft } from "../../adapters/adapter.ts";
import { removeLeftovers } from "../../adapters/hook-files.ts";
import { carryOutHook } from "../../adapters/install-hook.ts";
import { type Log, messageOf } from "../../log.ts";
import type { EventBus } from "../event-bus.ts";
import type { ReceiptBook } from "../switch/receipt-book.ts";
import type { Switch } from "../switch/switch.ts";
import type { WriteQueue } from "../switch/write-queue.ts";
import type { BesideWebServers } from "./beside-web-servers.ts";
import { askAll, type FoundServer, type FoundServers } from "./found-servers.ts";
import { letAsk } from "./let-ask.ts";
import { placePageSocket } from "./place-page-socket.ts";

export interface WebServersParts {
  foundServers: FoundServers;
  beside: BesideWebServers;
  webFolder: string;
  receipts: ReceiptBook;
  switch: Switch;
  queue: WriteQueue;
  events: EventBus;
  log: Log;
}

/** What was prepared is looked at this often (ms). */
const WATCH_INTERVAL_MS = 30_000;

export class WebServers {
  readonly #parts: WebServersParts;
  #seen: WebServer[] = [];
  #alarms: string[] = [];
  #hasLooked = false;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<WebServer[]> | undefined;

  constructor(parts: WebServersParts) {
    this.#parts = parts;
    // What was alarming may be over.
    parts.events.on("switched", () => {
      if (this.#alarms.length > 0) void this.look();
    });
  }

  /** As they were seen last. */
  get seen(): WebServer[] {
    return this.#seen;
  }

  get hasLooked(): boolean {
    return this.#hasLooked;
  }

  /** What is wrong with sites that are closed, a sentence each. */
  get alarms(): readonly string[] {
    return this.#alarms;
  }

  /** Some site of a web server is prepared. */
  get #isBeside(): boolean {
    return this.#parts.switch.active.config.virtualHosts.some((one) => foreignServer(one) !== undefined);
  }

  begin(): void {
    if (this.#isBeside) void this.look();
    this.#timer = setInterval(() => {
      if (this.#isBeside) void this.look();
    }, WATCH_INTERVAL_MS).unref();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#parts.beside.close();
  }

  /** Asks all that run now. One look at a time: whoever comes meanwhile gets the same. */
  look(): Promise<WebServer[]> {
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    return this.#looking;
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
      this.#parts.log.error("the document could not be put back", { why: back.refusal.message, webServer: id });
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
    const known = [...this.#preparedOf(id), ...found.value.read.sites.map((site) => site.id)];
    const unknown = sites?.find((site) => !known.includes(site));
    if (unknown !== undefined) return refuse("hook.failed", `${id} has no site ${quote(unknown)}.`);
    const plan = this.#planOf(found.value, sites, remove);
    if (digest !== undefined && digest !== plan.digest)
      return refuse("hook.drift", `The configuration of ${id} has changed since the plan was shown; look at it again.`);
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
    const all = remove ? this.#preparedOf(instance.id) : read.sites.map((site) => site.id);
    const draft = adapter.plan(instance, read, [...new Set(sites ?? all)], remove);
    return { webServer: instance.id, ...draft, digest: digestOf(draft) };
  }

  #preparedOf(server: string): string[] {
    return this.#parts.switch.active.config.virtualHosts.flatMap((virtualHost) =>
      foreignServer(virtualHost) === server ? [virtualHost.id] : [],
    );
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
    await this.#looking;
    const webServer = (await this.look()).find(({ id }) => id === plan.webServer);
    if (webServer === undefined) return refuse("hook.failed", `${plan.webServer} does not run any more.`);
    return done({ webServer, plan, generation: this.#parts.switch.active.generation });
  }

  async #find(id: string): Promise<Result<FoundServer>> {
    const found = await this.#parts.foundServers.find();
    const one = found.find(({ instance }) => instance.id === id);
    if (one !== undefined) return done(one);
    const known = found.map(({ instance }) => instance.id);
    return refuse(
      "not-found",
      `No web server ${id} runs here${known.length === 0 ? "" : `; ${listOf(known, "and")} ${known.length === 1 ? "does" : "do"}`}.`,
    );
  }

  async #look(): Promise<WebServer[]> {
    const found = await this.#parts.foundServers.find();
    const seen = await Promise.all(found.map((one) => this.#describe(one)));
    await this.#tell();
    const alarms = await this.#listen(seen);
    for (const alarm of alarms.filter((text) => !this.#alarms.includes(text))) this.#parts.log.error(alarm);
    this.#hasLooked = true;
    this.#seen = seen;
    this.#alarms = alarms;
    // Also where nothing is new: when it was seen is what makes it worth believing.
    this.#parts.events.publish({ type: "web-servers-changed" });
    return seen;
  }

  /** A web server that was restarted or not found before may not know what is closed. */
  async #tell(): Promise<void> {
    const { beside, log } = this.#parts;
    try {
      await beside.tell();
    } catch (failure) {
      log.error("a web server could not be told what is closed", { why: messageOf(failure) });
    }
  }

  /** What visitors of closed sites get: a flag that nobody can read leaves a site open. */
  async #listen(seen: readonly WebServer[]): Promise<string[]> {
    const { switch: swap, receipts, beside } = this.#parts;
    const closed = closedSites(swap.active.config);
    if (closed.size === 0) return [];
    const gone = [...closed.values()].filter(({ server }) => !seen.some(({ id }) => id === server));
    const unseen = await beside.observe(swap.active, receipts.open());
    return [
      ...gone.map(({ site, server }) => `${site} is in maintenance, and ${server} was not found running.`),
      ...(unseen === undefined ? [] : [`In maintenance, and visitors still get something else: ${unseen}.`]),
    ];
  }

  async #describe({ adapter, instance, read }: FoundServer): Promise<WebServer> {
    const { id, kind, version, pid, program, configuration, user, container } = instance;
    const prepared = this.#preparedOf(id);
    return {
      id,
      kind,
      version,
      pid,
      program,
      configuration,
      user,
      ...(container === undefined ? {} : { container }),
      sites: await Promise.all(
        read.sites.map(async (site) =>
          prepared.includes(site.id) ? this.#preparedSite(site, { adapter, instance, read }) : unprepared(site),
        ),
      ),
      limits: adapter.limits,
      problems: [
        ...read.problems,
        ...prepared
          .filter((site) => !read.sites.some((one) => one.id === site))
          .map((site) => `${site} was prepared and is not in the configuration any more.`),
      ],
      observedAt: new Date().toISOString(),
    };
  }

  async #preparedSite(site: DiscoveredSite, server: FoundServer): Promise<WebServerSite> {
    const { adapter, instance, read } = server;
    const asked = await askAll(server, site.id);
    // The whole hook: one whose line or file was taken away does not come back by a reload.
    const { files, refused } = adapter.plan(instance, read, [site.id], false);
    const isOnDisk = files.length === 0 && refused.length === 0;
    const cells = asked.map((cell) =>
      cell.state === "gone" && isOnDisk
        ? { ...cell, state: "on-disk-only" as const, message: `${cell.message} It does from the next reload on.` }
        : cell,
    );
    const lost = cells.find(({ state }) => state !== "live" && state !== "not-asked");
    const [added] = unknownListeners(this.#parts.switch.active.config, instance.id, site);
    const why =
      lost === undefined
        ? added === undefined
          ? undefined
          : `${added} was added since the site was prepared; prepare it again.`
        : `${lost.listener} (${lost.host}): ${lost.message}`;
    return {
      ...site,
      state: why === undefined ? "ready" : "lost",
      message: why ?? "Every listener asks the agent.",
      checkedAt: new Date().toISOString(),
      cells,
    };
  }
}

function unprepared(site: DiscoveredSite): WebServerSite {
  const refused = site.hazards.filter(({ refuses }) => refuses);
  return {
    ...site,
    state: refused.length > 0 ? "cannot-be-prepared" : "not-prepared",
    message: refused.length > 0 ? refused.map(({ message }) => message).join(" ") : "Not prepared yet.",
    cells: [],
  };
}

function named({ webServer, sites }: HookPlan): string {
  return `${listOf(sites, "and")} at ${webServer}`;
}

function digestOf(draft: HookDraft): string {
  return createHash("sha256").update(JSON.stringify(draft)).digest("hex").slice(0, 32);
}
