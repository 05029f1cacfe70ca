/**
 * The configurations this worker knows: the active one, those prepared, and the figures of older
 * ones. What a generation has in common with the active one is taken over and not compiled again.
 */
import { isEqual } from "../core/config/diff-values.ts";
import { upstreamOf } from "../core/upstream-of.ts";
import { applyDelta, type ConfigDelta } from "../core/config/config-delta.ts";
import { compileInSteps, matchRequest, matchWithin } from "../core/routing/routing-table.ts";
import type { CompiledVirtualHost, Match } from "../core/routing/rule-matches.ts";
import type { Config, VirtualHost } from "../contract/config.ts";
import type { Problem } from "../contract/errors.ts";
import type { RequestFacts } from "../core/routing/request-facts.ts";
import type { AccessLogs } from "./access-log/access-logs.ts";
import { serveSite, type SiteContext } from "./serve-site.ts";
import { SlicedWork } from "./slices.ts";
import type { HostTotals } from "./exchange.ts";
import type { Generation, Outcome, Service, Site, SiteFigures, Target } from "./site.ts";

export interface GenerationsOptions {
  readonly logs: AccessLogs;
  readonly context: SiteContext;
}

const RELEASED_IN_A_STEP = 64;

type Prepared = { ok: true; service: Service } | { ok: false; problems: Problem[] };

export class Generations {
  readonly #totals = new Map<string, HostTotals>();
  /** Requests by what became of them; what is in flight is counted where it is listed. */
  readonly ends = { accepted: 0, answered: 0, left: 0, broken: 0, cut: 0 };
  /** Figures that have changed since they were reported, in the order of their changes. */
  #changed: SiteFigures[] = [];
  /** All sites in use, by what they are compiled from. */
  readonly #sites = new Map<VirtualHost, Site>();
  readonly #prepared = new Map<number, SlicedWork<Prepared>>();
  readonly #options: GenerationsOptions;
  #active: Service | undefined = undefined;

  constructor(options: GenerationsOptions) {
    this.#options = options;
  }

  get active(): Service | undefined {
    return this.#active;
  }

  /** Who answers what nobody else does, and whose log has what never became a request. */
  get catchAll(): Site | undefined {
    const last = this.#active?.table.virtualHosts.at(-1);
    return last === undefined ? undefined : this.#sites.get(last.config);
  }

  /**
   * Does all that can fail, in slices. Resolves to what is wrong with the document: nothing when it
   * can serve, or was aborted meanwhile.
   */
  async prepare(number: number, config: Config): Promise<Problem[]> {
    this.abort(number);
    const work = new SlicedWork(this.#compile(number, config));
    this.#prepared.set(number, work);
    const prepared = await work.run();
    return prepared?.ok === false ? prepared.problems : [];
  }

  /**
   * The same for a document that is told by what differs from the active one. @throws {Error} when
   * another one is active.
   */
  prepareFrom(number: number, base: number, delta: ConfigDelta): Promise<Problem[]> {
    const active = this.#active;
    if (active?.generation.number !== base)
      throw new Error(
        `generation ${String(number)} is told by its difference from ${String(base)}, which is not active`,
      );
    return this.prepare(number, applyDelta(active.table.config, delta));
  }

  /**
   * The swap: one reference. From here on every request head is answered by this generation. False
   * when it was not prepared.
   */
  commit(number: number): boolean {
    const work = this.#prepared.get(number);
    this.#prepared.delete(number);
    // A worker that came late may be told to serve what it is still preparing.
    const next = work?.finish();
    if (next?.ok !== true) return false;
    const before = this.#active;
    this.#active = next.service;
    if (before !== undefined) this.#releaseAll(before.sites);
    return true;
  }

  abort(number: number): void {
    const work = this.#prepared.get(number);
    if (work === undefined) return;
    this.#prepared.delete(number);
    work.drop();
    const prepared = work.result;
    if (prepared?.ok === true) this.#releaseAll(prepared.service.sites);
  }

  /** Who answers this request now. Undefined only without a catch-all. */
  findTarget({ table }: Service, facts: RequestFacts): Target | undefined {
    return this.#targetOf(matchRequest(table, facts));
  }

  /** Who answers it of one virtual host, whatever stands above it. */
  findTargetWithin({ table }: Service, virtualHost: string, facts: RequestFacts): Target | undefined {
    return this.#targetOf(matchWithin(table, virtualHost, facts));
  }

  /** A request is in flight on the site; the figures to count it in, to its end. */
  enter(site: Site, generation: Generation): SiteFigures {
    site.users += 1;
    this.ends.accepted += 1;
    generation.inFlight += 1;
    let { figures } = site;
    if (figures?.generation !== generation) {
      const { id, totals } = site;
      figures = { id, generation, totals, inFlight: 0, drained: 0, cut: 0, left: 0, broken: 0, isChanged: false };
      site.figures = figures;
    }
    figures.inFlight += 1;
    figures.totals.inFlight += 1;
    this.#mark(figures);
    return figures;
  }

  /**
   * It is over. True when nothing is in flight any more on a generation that is not active.
   */
  leave(site: Site, figures: SiteFigures, outcome: Outcome): boolean {
    const { generation } = figures;
    this.#release(site);
    this.ends[outcome] += 1;
    generation.inFlight -= 1;
    figures.inFlight -= 1;
    figures.totals.inFlight -= 1;
    this.#mark(figures);
    if (generation === this.#active?.generation) return false;
    if (outcome === "cut") figures.cut += 1;
    else figures.drained += 1;
    if (outcome === "left" || outcome === "broken") figures[outcome] += 1;
    return generation.inFlight === 0;
  }

  /** There are figures to report. */
  get hasChanged(): boolean {
    return this.#changed.length > 0;
  }

  /** Figures to report, `limit` at most. What changes from now on is reported again. */
  takeChanged(limit: number): SiteFigures[] {
    const taken = this.#changed.slice(0, limit);
    this.#changed = this.#changed.slice(limit);
    for (const figures of taken) figures.isChanged = false;
    return taken;
  }

  #mark(figures: SiteFigures): void {
    if (figures.isChanged) return;
    figures.isChanged = true;
    this.#changed.push(figures);
  }

  *#compile(number: number, { virtualHosts, ...rest }: Config): Generator<undefined, Prepared, undefined> {
    const sites: Site[] = [];
    let isReady = false;
    try {
      const before = this.#active?.table.config;
      const changed = changedUpstreams(before, rest.upstreams);
      const isLogged = isEqual(before?.accessLog, rest.accessLog);
      const take = (virtualHost: VirtualHost): CompiledVirtualHost | undefined => {
        const site = this.#sites.get(virtualHost);
        if (site === undefined) return undefined;
        site.users += 1;
        sites.push(site);
        return site.compiled;
      };
      const config: Config = { ...rest, virtualHosts: [] };
      for (const virtualHost of virtualHosts) {
        const keepsLog = isLogged || virtualHost.accessLog !== undefined;
        const isFresh = !this.#sites.has(virtualHost) || (keepsLog && !dependsOn(virtualHost, changed));
        config.virtualHosts.push(isFresh ? virtualHost : { ...virtualHost });
      }
      const compiled = yield* compileInSteps(config, take);
      if (!compiled.ok) return compiled;
      const { table } = compiled;
      const problems: Problem[] = [];
      const listeners = new Set(config.listeners.map(({ name }) => name));
      for (const [index, virtualHost] of table.virtualHosts.entries()) {
        if (this.#sites.has(virtualHost.config)) continue;
        const site = serveSite(virtualHost, index, {
          ...this.#options,
          upstreams: config.upstreams,
          accessLog: config.accessLog,
          listeners,
          totals: this.#totalsOf(virtualHost.id),
          problems,
        });
        this.#sites.set(virtualHost.config, site);
        sites.push(site);
        yield;
      }
      if (problems.length > 0) return { ok: false, problems };
      isReady = true;
      return { ok: true, service: { generation: { number, inFlight: 0 }, table, sites } };
    } finally {
      if (!isReady) this.#releaseAll(sites);
    }
  }

  #totalsOf(id: string): HostTotals {
    let totals = this.#totals.get(id);
    if (totals === undefined)
      this.#totals.set(id, (totals = { requests: 0, inFlight: 0, byClass: [0, 0, 0, 0, 0, 0] }));
    return totals;
  }

  #targetOf(match: Match | undefined): Target | undefined {
    if (match === undefined) return undefined;
    const site = this.#sites.get(match.virtualHost.config);
    if (site === undefined) return undefined;
    const { rule, otherwise, passed, settings, rewritten } = match;
    const serving = rule === undefined ? undefined : site.rules[rule.index];
    return { site, rule: serving, otherwise, passed, settings, rewritten };
  }

  #releaseAll(sites: readonly Site[]): void {
    void new SlicedWork(this.#releaseInSteps(sites)).run();
  }

  *#releaseInSteps(sites: readonly Site[]): Generator<undefined, undefined, undefined> {
    for (const [index, site] of sites.entries()) {
      this.#release(site);
      if (index % RELEASED_IN_A_STEP === 0) yield;
    }
    return undefined;
  }

  #release(site: Site): void {
    site.users -= 1;
    if (site.users > 0) return;
    this.#sites.delete(site.compiled.config);
    for (const rule of site.rules) rule?.handler.close?.();
  }
}

function changedUpstreams(before: Config | undefined, after: Config["upstreams"]): ReadonlySet<string> {
  if (before?.upstreams === after) return new Set();
  const names = Object.keys(before?.upstreams ?? {});
  return new Set(names.filter((name) => !isEqual(before?.upstreams?.[name], after?.[name])));
}

/**
 * Whether a virtual host is to be compiled again although it has not changed itself: an upstream of
 * its has, or what it is compiled from is looked up on the disk.
 */
function dependsOn({ rules }: VirtualHost, upstreams: ReadonlySet<string>): boolean {
  return rules.some(
    ({ handler }) =>
      upstreams.has(upstreamOf(handler)?.name ?? "") ||
      handler?.type === "signedFile" ||
      (handler?.type === "maintenance" && handler.root !== undefined),
  );
}
