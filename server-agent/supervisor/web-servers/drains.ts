/**
 * What still runs through web servers to sites in maintenance: looked at often after a switch,
 * until nothing of before is left, and with every look at web servers after some minutes.
 */
import type { SiteInFlight } from "../../contract/web-servers.ts";
import { closedSites } from "../../core/web-servers/closed-sites.ts";
import type { Running } from "../../adapters/adapter.ts";
import type { Clock } from "../clock.ts";
import type { EventBus } from "../event-bus.ts";
import type { ReceiptBook } from "../switch/receipt-book.ts";
import type { Switch } from "../switch/switch.ts";
import type { FoundServers } from "./found-servers.ts";

export interface DrainsParts {
  foundServers: FoundServers;
  receipts: ReceiptBook;
  switch: Switch;
  clock: Clock;
  events: EventBus;
}

/** How often it is looked after a switch (ms), and for how long. */
const LOOK_INTERVAL_MS = 2000;
const WATCHED_MS = 5 * 60_000;

export class Drains {
  readonly #parts: DrainsParts;
  /** By web server and site. */
  #seen = new Map<string, SiteInFlight>();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(parts: DrainsParts) {
    this.#parts = parts;
    parts.events.on("switched", () => void this.look());
  }

  /** Undefined for a site that is open, or where its web server does not tell. */
  of(server: string, site: string): SiteInFlight | undefined {
    return this.#seen.get(keyOf(server, site));
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  /** Asks about all that is closed. */
  async look(): Promise<void> {
    const { switch: swap, receipts, clock, events } = this.#parts;
    clearTimeout(this.#timer);
    const closed = closedSites(swap.active.config);
    const open = receipts.open().flatMap(({ site, startedAt }) => {
      const server = closed.get(site)?.server;
      return server === undefined ? [] : [{ site, server, since: Date.parse(startedAt) }];
    });
    if (open.length === 0 && this.#seen.size === 0) return;
    const seen = await Promise.all(
      open.map(async ({ site, server, since }) => {
        const found = await this.#parts.foundServers.one(server);
        const running = await found?.adapter.running?.(found.instance, found.read, site).catch(() => undefined);
        return running === undefined
          ? undefined
          : ([keyOf(server, site), inFlightOf(running, since, clock.now())] as const);
      }),
    );
    const before = this.#seen;
    this.#seen = new Map(seen.filter((one) => one !== undefined));
    if (this.#isClosed) return;
    if (countsOf(before) !== countsOf(this.#seen)) events.publish({ type: "web-servers-changed" });
    const now = clock.now();
    const isWatched = open.some(({ server, site, since }) => {
      const known = this.#seen.get(keyOf(server, site));
      return known !== undefined && (known.before ?? known.total) > 0 && now - since < WATCHED_MS;
    });
    if (isWatched) this.#timer = setTimeout(() => void this.look(), LOOK_INTERVAL_MS).unref();
  }
}

function keyOf(server: string, site: string): string {
  return `${server} ${site}`;
}

/** @param since Of the switch. */
function inFlightOf({ of, total, ages }: Running, since: number, now: number): SiteInFlight {
  // A second that has not passed whole is not in its age.
  const before = ages?.filter((seconds) => now - (seconds + 1) * 1000 < since).length;
  return { of, total, ...(before === undefined ? {} : { before }), observedAt: new Date(now).toISOString() };
}

/** Without when it was seen. */
function countsOf(seen: ReadonlyMap<string, SiteInFlight>): string {
  return JSON.stringify([...seen].map(([site, { of, total, before }]) => [site, of, total, before]));
}
