/**
 * The web servers beside the agent as participants of every switch: whether they ask, what they are
 * to ask for, and what their visitors get then.
 */
import { setMaxListeners } from "node:events";
import type { BoundListener } from "../../contract/agent.ts";
import type { Config } from "../../contract/config.ts";
import type { Receipt } from "../../contract/maintenance.ts";
import type { ProofListener } from "../../core/proof/entry.ts";
import { planProof } from "../../core/proof/proof-plan.ts";
import { type ClosedSite, closedSites } from "../../core/web-servers/closed-sites.ts";
import { foreignServer } from "../../core/web-servers/foreign-server.ts";
import type { ListenerQuestion } from "../../core/web-servers/listener-question.ts";
import { foreignListener, unknownListeners } from "../../core/web-servers/prepared-sites.ts";
import { visitorProbes } from "../../core/web-servers/visitor-probes.ts";
import { foreignListeners } from "../../core/web-servers/foreign-listeners.ts";
import { listOf } from "../../core/wording.ts";
import { type Log, messageOf } from "../../log.ts";
import { refuse, type Refusal } from "../../result.ts";
import { type PassKey, signPass } from "../../worker/passes/token.ts";
import { pageSourceToken } from "../../worker/page-source.ts";
import type { FlagFolder } from "../../adapters/flag-folder.ts";
import type { Service } from "../../adapters/service.ts";
import { askCells } from "../proof/ask-cells.ts";
import type { Beside } from "../switch/beside.ts";
import { askAll, type FoundServers } from "./found-servers.ts";
import { pageOnDisk } from "./page-on-disk.ts";

export interface BesideParts {
  flags: FlagFolder;
  found: FoundServers;
  token: string;
  /** Staff passes that may be used. */
  passes: readonly PassKey[];
  log: Log;
}

/** How long all listeners together may take to answer (ms). */
const OBSERVE_TIMEOUT_MS = 10_000;
const MAX_NAMED = 3;
/** A longer wait would be none (ms). */
const MAX_WAIT_MS = 2 ** 31 - 1;
/** Until passes are tried again to be taken out of a folder that could not be written (ms). */
const RETRY_MS = 5000;

export class BesideWebServers implements Beside {
  readonly #parts: BesideParts;
  readonly #closing = new AbortController();
  #published: Service | undefined;
  #passes: readonly PassKey[];
  #passEnds: NodeJS.Timeout | undefined;
  /** One after the other, so that the last is what holds. */
  #telling: Promise<unknown> = Promise.resolve();

  constructor(parts: BesideParts) {
    this.#parts = parts;
    this.#passes = parts.passes;
    setMaxListeners(0, this.#closing.signal);
  }

  async obstacle(before: Config, after: Config): Promise<Refusal | undefined> {
    const closed = closedSites(before);
    const closing = [...closedSites(after).values()].filter(({ site }) => !closed.has(site));
    const unsupported = await this.#unsupported(after);
    if (unsupported !== undefined) return unsupported;
    const why = await this.#notReady(after, closing);
    return why === undefined ? undefined : refuse("hook.missing", why).refusal;
  }

  /** Why some of these sites could not be closed now, a sentence; not of those that are closed. */
  obstacleTo(config: Config, sites: readonly string[]): Promise<string | undefined> {
    const closed = closedSites(config);
    const open = config.virtualHosts.flatMap((virtualHost) => {
      const server = foreignServer(virtualHost);
      const { id: site } = virtualHost;
      return server === undefined || !sites.includes(site) || closed.has(site) ? [] : [{ site, server }];
    });
    return this.#notReady(config, open);
  }

  async #notReady(config: Config, sites: readonly Pick<ClosedSite, "site" | "server">[]): Promise<string | undefined> {
    if (sites.length === 0) return undefined;
    // A part of its configuration that is a moment old may answer for the site, too.
    await this.#parts.found.refresh(sites.map(({ server }) => server));
    const reasons = await Promise.all(sites.map((site) => this.#unready(config, site)));
    const [first, ...more] = reasons.filter((reason) => reason !== undefined);
    if (first === undefined || more.length === 0) return first;
    return `${first} The same holds for ${String(more.length)} more.`;
  }

  async publish(service: Service): Promise<void> {
    this.#putFlags(service);
    this.#published = service;
    await this.tell();
  }

  /**
   * From here on these passes and no others, also for web servers that decide exceptions by files.
   * @throws the system's error; it is tried again then, every few seconds
   */
  usePasses(passes: readonly PassKey[]): void {
    this.#passes = passes;
    if (this.#published !== undefined) this.#putFlags(this.#published);
  }

  #putFlags({ generation, config }: Service): void {
    const now = Date.now();
    const flags = [...closedSites(config).values()].map((closed) => {
      const page = pageOnDisk(closed.page, now);
      const more = this.#filesOf(config, closed, page, now);
      // What cannot be decided was refused before; a document that is older lets nobody in.
      return [closed.site, { page, ...(more?.ok === true ? { files: more.files } : {}) }] as const;
    });
    this.#putPassesIn(RETRY_MS);
    this.#parts.flags.publish(generation, new Map(flags));
    const left = this.#passes.map(({ endMs }) => endMs - now).filter((ms) => ms > 0);
    this.#putPassesIn(left.length === 0 ? undefined : Math.min(...left, MAX_WAIT_MS));
  }

  /** Without a time: not again. */
  #putPassesIn(ms: number | undefined): void {
    clearTimeout(this.#passEnds);
    this.#passEnds = ms === undefined ? undefined : setTimeout(() => this.#putPasses(), ms).unref();
  }

  #putPasses(): void {
    try {
      this.usePasses(this.#passes);
    } catch (failure) {
      this.#parts.log.error("could not update the web servers' files for staff passes", {
        why: messageOf(failure),
      });
    }
  }

  /**
   * What was published last, again: for a web server that runs since, or has lost it. Rejects with
   * an `Error`.
   */
  tell(): Promise<void> {
    const told = this.#telling.then(() => this.#tell());
    this.#telling = told.catch(() => undefined);
    return told;
  }

  async #tell(): Promise<void> {
    if (this.#published === undefined) return;
    const { config } = this.#published;
    const servers = new Map<string, Map<string, readonly string[]>>();
    for (const virtualHost of config.virtualHosts) {
      const server = foreignServer(virtualHost);
      if (server !== undefined) servers.set(server, servers.get(server) ?? new Map<string, readonly string[]>());
    }
    for (const { site, server, hosts } of closedSites(config).values()) servers.get(server)?.set(site, hosts);
    await this.#parts.found.publish(servers);
  }

  async observe({ generation, config }: Service, receipts: readonly Receipt[]): Promise<string | undefined> {
    const closed = closedSites(config);
    const foreign = foreignListeners(config);
    const perReceipt = await Promise.all(
      receipts
        .filter(({ site, state }) => state === "in-maintenance" && closed.has(site))
        .map(async (receipt) => {
          const server = closed.get(receipt.site)?.server ?? "";
          const questions = await this.#questions(server, receipt.site);
          return visitorProbes(planProof(config, receipt, foreign), { server, questions, copycat: receipt.copycat });
        }),
    );
    const planned = perReceipt.flat();
    if (planned.length === 0) return undefined;
    const { token } = this.#parts;
    const { signal } = this.#closing;
    const cells = await askCells(planned, { generation, token, timeoutMs: OBSERVE_TIMEOUT_MS, signal });
    const wrong = cells.filter(({ outcome }) => outcome === "wrong");
    if (wrong.length === 0) return undefined;
    const named = wrong.slice(0, MAX_NAMED).map(({ host, listener, message }) => `${host} on ${listener}: ${message}`);
    return listOf(
      named.map((text) => text.replace(/\.$/, "")),
      "and",
    );
  }

  /** These listeners, with how visitors of the site come to its web server now. */
  async withWays(config: Config, listeners: readonly BoundListener[], site: string): Promise<ProofListener[]> {
    const virtualHost = config.virtualHosts.find(({ id }) => id === site);
    const server = virtualHost === undefined ? undefined : foreignServer(virtualHost);
    if (server === undefined) return [...listeners];
    const questions = await this.#questions(server, site);
    if (questions.length === 0) return [...listeners];
    return listeners.map((one) =>
      one.foreign !== server
        ? one
        : {
            ...one,
            ways: questions.filter(({ listener }) => foreignListener(server, listener).name === one.name),
          },
    );
  }

  /** By which its web server is asked about a site; none where it was not found. */
  async #questions(server: string, site: string): Promise<readonly ListenerQuestion[]> {
    const all = (await this.#parts.found.one(server))?.read.questions ?? [];
    return all.filter((question) => question.site === site);
  }

  close(): void {
    this.#closing.abort();
    clearTimeout(this.#passEnds);
  }

  /** @param now Epoch milliseconds. */
  #filesOf(config: Config, closed: ClosedSite, page: string, now: number) {
    const { found, token } = this.#parts;
    const passes = this.#passes.filter(({ site, endMs }) => site === closed.site && endMs > now).map(signPass);
    return found.adapterOf(closed.server)?.flagFiles?.(config, closed, { page, token: pageSourceToken(token), passes });
  }

  /** Refuses where a web server cannot tell whether a request is an exception. */
  async #unsupported(config: Config): Promise<Refusal | undefined> {
    const { found } = this.#parts;
    for (const closed of closedSites(config).values()) {
      const { site, server, letsIn } = closed;
      const decided = this.#filesOf(config, closed, "", 0);
      if (decided?.ok === false) {
        const [first] = decided.problems;
        return refuse("exception.unsupported", `${site} cannot be closed like this: ${first?.message ?? ""}.`, {
          problems: [...decided.problems],
        }).refusal;
      }
      const why = letsIn ? (await found.one(server))?.read.noExceptions : undefined;
      if (why !== undefined)
        return refuse("exception.unsupported", `${site} can only be closed for everybody. ${why}`).refusal;
    }
    return undefined;
  }

  /** Why a site cannot be closed now: its visitors would not be seen to get the page. */
  async #unready(config: Config, { site, server }: Pick<ClosedSite, "site" | "server">): Promise<string | undefined> {
    const found = await this.#parts.found.one(server);
    const now = found?.read.sites.find(({ id }) => id === site);
    const before = found?.instance.predecessor;
    if (before !== undefined)
      return `${site} cannot be closed: ${server} is being upgraded, and process ${String(before)} of before still answers some visitors, by what it read at its start. End the upgrade (kill -QUIT ${String(before)}).`;
    const cells = found === undefined ? [] : await askAll(found, site);
    if (found !== undefined && now === undefined && found.read.problems.length > 0)
      return `${site} cannot be closed: what ${server} serves cannot be told. ${found.read.problems.join(" ")}`;
    if (now === undefined || cells.length === 0)
      return `${site} cannot be closed: no ${server} with this site was found running. Start it, or prepare it again.`;
    const [added] = unknownListeners(config, server, now);
    if (added !== undefined)
      return `${site} cannot be closed: ${server} answers for it on ${added}, too, since it was prepared. Prepare it again.`;
    const lost = cells.find(({ state }) => state !== "live" && state !== "not-asked");
    if (lost !== undefined)
      return `${site} cannot be closed: ${server} does not ask the agent on ${lost.listener} (${lost.host}). ${lost.message} Prepare it again.`;
    if (cells.some(({ state }) => state === "live")) {
      const why = await found?.adapter.unpublishable?.(found.instance, found.read);
      return why === undefined ? undefined : `${site} cannot be closed: ${why}`;
    }
    return `${site} cannot be closed: none of its listeners can be asked, so nobody could tell whether it is. ${cells[0]?.message ?? ""}`;
  }
}
