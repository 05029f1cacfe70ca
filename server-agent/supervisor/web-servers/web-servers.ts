/** Web servers beside the agent: finds them, and watches that their sites go on asking. */
import type { WebServer } from "../../contract/web-servers.ts";
import { closedSites } from "../../core/web-servers/closed-sites.ts";
import { foreignServer } from "../../core/web-servers/foreign-server.ts";
import { type Log, messageOf } from "../../log.ts";
import type { EventBus } from "../event-bus.ts";
import type { ReceiptBook } from "../switch/receipt-book.ts";
import type { Switch } from "../switch/switch.ts";
import type { BesideWebServers } from "./beside-web-servers.ts";
import { describeServer } from "./describe-server.ts";
import type { Drains } from "./drains.ts";
import type { FoundServers } from "./found-servers.ts";

export interface WebServersParts {
  foundServers: FoundServers;
  beside: BesideWebServers;
  drains: Drains;
  receipts: ReceiptBook;
  switch: Switch;
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
    const { drains } = this.#parts;
    return this.#seen.map((webServer) => ({
      ...webServer,
      sites: webServer.sites.map((site) => {
        const inFlight = drains.of(webServer.id, site.id);
        return inFlight === undefined ? site : { ...site, inFlight };
      }),
    }));
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
    this.#parts.drains.close();
    this.#parts.beside.close();
  }

  /** Asks all that run now. One look at a time: whoever comes meanwhile gets the same. */
  look(): Promise<WebServer[]> {
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  /** Asks again also where somebody else is just asking: something has changed since. */
  async lookAnew(): Promise<WebServer[]> {
    await this.#looking;
    return this.look();
  }

  /** As it was seen last. */
  #isReady(server: string, site: string): boolean {
    const known = this.#seen.find(({ id }) => id === server);
    return known?.sites.find(({ id }) => id === site)?.state === "ready";
  }

  async #look(): Promise<WebServer[]> {
    const found = await this.#parts.foundServers.find();
    const { config } = this.#parts.switch.active;
    const seen = await Promise.all(
      found.map((one) => describeServer(one, config, (site) => this.#isReady(one.instance.id, site))),
    );
    await this.#tell();
    await this.#parts.drains.look();
    const alarms = await this.#listen(seen);
    for (const alarm of alarms.filter((text) => !this.#alarms.includes(text))) this.#parts.log.error(alarm);
    this.#hasLooked = true;
    this.#seen = seen;
    this.#alarms = alarms;
    // Also where nothing is new: when it was seen is what makes it worth believing.
    this.#parts.events.publish({ type: "web-servers-changed" });
    return this.seen;
  }

  /** A web server that was restarted or not found before may not know what is closed. */
  async #tell(): Promise<void> {
    const { beside, log } = this.#parts;
    try {
      await beside.tell();
    } catch (failure) {
      log.error("could not tell a web server which sites are closed", { why: messageOf(failure) });
    }
  }

  /** What visitors of closed sites get: a flag that nobody can read leaves a site open. */
  async #listen(seen: readonly WebServer[]): Promise<string[]> {
    const { switch: swap, receipts, beside } = this.#parts;
    const asked = swap.active;
    const closed = closedSites(asked.config);
    if (closed.size === 0) return [];
    const gone = [...closed.values()].filter(({ server }) => !seen.some(({ id }) => id === server));
    const answered = await beside.observe(asked, receipts.open());
    // What a site answered that was opened or closed meanwhile says nothing of either.
    const unseen = swap.active === asked ? answered : undefined;
    return [
      ...gone.map(({ site, server }) => `${site} is in maintenance, and ${server} was not found running.`),
      ...(unseen === undefined ? [] : [`In maintenance, and visitors still get something else: ${unseen}.`]),
    ];
  }
}
