/**
 * Which targets of upstreams are unhealthy: by health checks, which are made here, once for all
 * workers, who are told; and by what requests saw of them, as workers tell.
 */
import type { WorkerPool } from "../../adapters/builtin/worker-pool.ts";
import type { UnhealthyTarget } from "../../contract/agent.ts";
import type { Config } from "../../contract/config.ts";
import type { Upstream } from "../../contract/upstream.ts";
import { targetOptions } from "../../core/config/upstream-target.ts";
import { ownValue } from "../../core/own-value.ts";
import { fewOf } from "../../core/wording.ts";
import type { Log } from "../../log.ts";
import type { DownTarget, FailingTarget } from "../../worker/upstream/down-target.ts";
import { Target } from "../../worker/upstream/target.ts";
import { TargetTls } from "../../worker/upstream/target-tls.ts";
import type { Clock } from "../clock.ts";
import type { EventBus } from "../event-bus.ts";
import { TargetCheck } from "./target-check.ts";

export interface TargetWatchParts {
  pool: Pick<WorkerPool, "useDownTargets">;
  config: () => Config;
  events: EventBus;
  clock: Clock;
  log: Log;
}

/** More in one reply help nobody. */
const MAX_LISTED = 100;

type Checks = Map<string, { upstream: string; check: TargetCheck }>;

interface Unhealthy extends UnhealthyTarget {
  /** Epoch milliseconds; a worker that says nothing more has not tried it since. */
  readonly until: number;
}

export class TargetWatch {
  readonly #parts: TargetWatchParts;
  /** By upstream, target and everything else that they depend on. */
  #checks: Checks = new Map();
  /** By upstream and target. */
  readonly #down = new Map<string, Unhealthy>();
  readonly #failing = new Map<string, Unhealthy>();

  constructor(parts: TargetWatchParts) {
    this.#parts = parts;
  }

  /** Checks from now on. */
  begin(): void {
    const { events, config } = this.#parts;
    events.on("switched", (event) => {
      this.#use(event.config);
    });
    events.on("handed-over", () => {
      this.close();
    });
    events.on("target-failing", ({ target }) => {
      this.#noteFailing(target);
    });
    this.#use(config());
  }

  close(): void {
    for (const { check } of this.#checks.values()) check.close();
    this.#checks.clear();
  }

  /** The unhealthy ones, those that checks call down first. */
  list(): UnhealthyTarget[] {
    return this.#all().slice(0, MAX_LISTED);
  }

  #all(): UnhealthyTarget[] {
    const now = this.#parts.clock.now();
    const all = new Map([...this.#failing, ...this.#down]);
    return [...all.values()]
      .filter(({ until }) => until > now)
      .sort((one, other) => Number(other.state === "down") - Number(one.state === "down"))
      .map(({ until: _until, ...target }) => target);
  }

  /** What an operator has to know; each a sentence. */
  get problems(): string[] {
    const down = this.#all().filter(({ state }) => state === "down");
    return fewOf(
      down.map(({ upstream, target, why }) => `Target ${target} of upstream ${upstream} is down: ${why}.`),
      (count) => `${String(count)} more targets are down.`,
    );
  }

  #use({ upstreams = {} }: Config): void {
    const before = this.#checks;
    this.#checks = new Map();
    for (const [name, upstream] of Object.entries(upstreams)) this.#checkAll(name, upstream, before);
    for (const { check } of before.values()) check.close();
    for (const [key, { upstream, target }] of this.#failing) {
      const { targets = [] } = ownValue(upstreams, upstream) ?? {};
      if (!targets.some((one) => targetOptions(one).url === target)) this.#failing.delete(key);
    }
    this.#tell();
  }

  /** Takes over the checks that are the same as `before`, and takes them out there. */
  #checkAll(name: string, { targets, tls, healthCheck }: Upstream, before: Checks): void {
    if (healthCheck === undefined) return;
    const warn = (line: string): void => {
      this.#parts.log.warn(line, { upstream: name });
    };
    const shared = new TargetTls(tls ?? {}, warn);
    for (const target of targets) {
      const options = targetOptions(target);
      const key = JSON.stringify([name, options.url, tls, healthCheck]);
      // The same target twice is one.
      if (this.#checks.has(key)) continue;
      const changed = (): void => {
        this.#tell();
      };
      const make = () => ({
        upstream: name,
        check: new TargetCheck(new Target(options, shared, 0), healthCheck, changed),
      });
      this.#checks.set(key, before.get(key) ?? make());
      before.delete(key);
    }
  }

  /** Workers, subscribers and the log, if something is otherwise than before. */
  #tell(): void {
    const { pool, clock, events, log } = this.#parts;
    const down: DownTarget[] = [];
    const were = new Map(this.#down);
    this.#down.clear();
    for (const { upstream, check } of this.#checks.values()) {
      const { url } = check.target;
      if (check.why === undefined) continue;
      const key = keyOf(upstream, url);
      const since = were.get(key)?.since ?? new Date(clock.now()).toISOString();
      this.#down.set(key, { upstream, target: url, state: "down", why: check.why, since, until: Infinity });
      down.push({ upstream, target: url });
    }
    const fresh = [...this.#down].filter(([key]) => !were.has(key));
    const gone = [...were].filter(([key]) => !this.#down.has(key));
    for (const [, { upstream, target, why }] of fresh) log.warn("upstream target is down", { upstream, target, why });
    for (const [, { upstream, target }] of gone) log.info("upstream target is healthy again", { upstream, target });
    if (fresh.length + gone.length === 0) return;
    pool.useDownTargets(down);
    events.publish({ type: "targets-changed" });
  }

  #noteFailing({ upstream, target, why, failingMs }: FailingTarget): void {
    const { clock, events } = this.#parts;
    const now = clock.now();
    const key = keyOf(upstream, target);
    const before = this.#failing.get(key);
    const isKnown = before !== undefined && before.until > now;
    if (why === undefined) this.#failing.delete(key);
    else {
      const since = isKnown ? before.since : new Date(now).toISOString();
      // The next request may come a little later than its time is up.
      this.#failing.set(key, { upstream, target, state: "failing", why, since, until: now + 2 * failingMs });
    }
    if (isKnown !== (why !== undefined)) events.publish({ type: "targets-changed" });
  }
}

function keyOf(upstream: string, target: string): string {
  return `${upstream}\0${target}`;
}
