/** Keeps the connections to the targets of one upstream and gives calls to them. */
import type { Upstream } from "../../contract/upstream.ts";
import { type BalanceFacts, cookieOf } from "../../core/balance/balance-key.ts";
import { stickyCookie } from "../../core/balance/sticky-cookie.ts";
import {
  afterAnswer,
  afterChoice,
  afterFailure,
  isHealthy,
  type FailureRules,
} from "../../core/balance/target-health.ts";
import { targetOptions } from "../../core/config/upstream-target.ts";
import { Balancer } from "./balancer.ts";
import { HeldCalls } from "./held-calls.ts";
import { Target } from "./target.ts";
import { TargetTls } from "./target-tls.ts";
import type { UpstreamCall } from "./upstream-call.ts";
import type { UpstreamFailure } from "./upstream-failure.ts";
import type { ConnectionOwner, PooledConnection, Timeouts, UpstreamTarget } from "./connection-owner.ts";
import { SharedConnection } from "./shared-connection.ts";
import { UpstreamConnection } from "./upstream-connection.ts";

const DEFAULT_SECONDS = { connect: 5, response: 60, idle: 300, failing: 5 } as const;

/** A call that a target will not have is not sent to it to no end. */
const MAX_RESENDS = 3;
/** Between two times that the same is told of a target. */
const MIN_TOLD_MS = 1000;

/**
 * A target is failing, or answers again (`why` is undefined).
 *
 * @param target As the configuration has it.
 */
type TellFailing = (target: string, why: string | undefined, failingMs: number) => void;

export class UpstreamPool implements ConnectionOwner {
  readonly timeouts: Timeouts;
  readonly #targets: readonly UpstreamTarget[];
  readonly #log: (line: string) => void;
  readonly #tell: TellFailing;
  readonly #connections = new Set<PooledConnection>();
  /** Targets that a call has not tried yet, while it is on its way. */
  readonly #untried = new WeakMap<UpstreamCall, UpstreamTarget[]>();
  /** How often a call was sent again to the same target. */
  readonly #resends = new WeakMap<UpstreamCall, number>();
  readonly #held: HeldCalls | undefined;
  readonly #balancer: Balancer;
  readonly #failureRules: FailureRules;
  readonly #sticky: Upstream["sticky"];
  #sweep: NodeJS.Timeout | undefined;
  #closed = false;

  /** @param log For lines about targets that cannot be reached. */
  constructor(definition: Upstream, log: (line: string) => void, tell: TellFailing = () => undefined) {
    this.#tell = tell;
    const tls = new TargetTls(definition.tls ?? {}, log);
    this.#targets = definition.targets.map((target) => new Target(targetOptions(target), tls, definition.keepAlive));
    this.#balancer = new Balancer(this.#targets, definition);
    this.#log = log;
    const { hold, passiveHealthCheck: passive = {}, sticky } = definition;
    this.#failureRules = {
      failures: passive.failures ?? 1,
      failingMs: (passive.seconds ?? DEFAULT_SECONDS.failing) * 1000,
    };
    this.#sticky = sticky;
    this.#held =
      hold === undefined
        ? undefined
        : new HeldCalls(
            hold,
            (call) => {
              this.#sendToAny(call);
            },
            log,
          );
    this.timeouts = {
      connect: (definition.connectTimeout ?? DEFAULT_SECONDS.connect) * 1000,
      response: (definition.responseTimeout ?? DEFAULT_SECONDS.response) * 1000,
      idle: (definition.idleTimeout ?? DEFAULT_SECONDS.idle) * 1000,
    };
  }

  /** Its targets speak HTTP/2: all of them do, or none. */
  get isHttp2(): boolean {
    return this.#targets[0]?.http2Scheme !== undefined;
  }

  /** Open connections, idle ones included. */
  get size(): number {
    return this.#connections.size;
  }

  /**
   * Sends a call to the next target; one that refuses the connection, or closes it without an
   * answer, is skipped. Where all are, the call may be held. The outcome is told to the call.
   */
  dispatch(call: UpstreamCall): void {
    const held = this.#held;
    if (held?.isHolding !== true) this.#sendToAny(call);
    else if (!held.enqueue(call))
      call.onFailure({ kind: "refused", message: "it takes no connections, and too many requests wait for it" });
  }

  #sendToAny(call: UpstreamCall): void {
    const [only] = this.#targets;
    if (this.#targets.length === 1 && only !== undefined) this.#send(call, only);
    else this.#sendToNext(call, this.candidates(call.facts));
  }

  /** All targets in the order in which they should be tried now. */
  candidates(facts: BalanceFacts): UpstreamTarget[] {
    const now = performance.now();
    const candidates = this.#balancer.order(facts, now);
    const [first] = candidates;
    if (first !== undefined) first.health = afterChoice(first.health, this.#failureRules, now);
    return candidates;
  }

  /** A target could not be reached, or gave no answer: it may count as failing for a while. */
  failed(target: UpstreamTarget, why: string): void {
    const now = performance.now();
    const { health } = target;
    target.health = afterFailure(health, this.#failureRules, now);
    if (isHealthy(target.health, now)) return;
    if (health.failingUntil === 0)
      this.#log(
        `upstream target ${target.name} is unreachable (${why}); skipping it for ${String(this.#failureRules.failingMs / 1000)} s if there is another`,
      );
    this.#tellFailing(target, why, now);
    target.closeIdle();
  }

  /** It has begun to answer. */
  answered(target: UpstreamTarget): void {
    target.answers++;
    const { health } = target;
    if (health.failures === 0) return;
    target.health = afterAnswer(health);
    if (health.failingUntil === 0) return;
    this.#log(`upstream target ${target.name} answers again`);
    target.toldUntil = 0;
    this.#tell(target.url, undefined, 0);
  }

  /** Health checks call these down, and no others. */
  useDown(urls: ReadonlySet<string>): void {
    for (const target of this.#targets) target.health = { ...target.health, isDown: urls.has(target.url) };
  }

  /** Value of a `Set-Cookie` for a visitor whom another target answers than the cookie names. */
  cookieFor(id: string | undefined, facts: BalanceFacts & { readonly tls: boolean }): string | undefined {
    if (this.#sticky === undefined || id === undefined || cookieOf(facts, this.#sticky.cookie) === id) return undefined;
    return stickyCookie(this.#sticky, id, facts.tls);
  }

  /** Calls that are under way end; then their connections are closed. */
  close(): void {
    this.#closed = true;
    this.closeIdle();
  }

  closeIdle(): void {
    for (const target of this.#targets) target.closeIdle();
  }

  onIdle(connection: PooledConnection): void {
    if (this.#closed || !connection.target.keepIdle(connection)) connection.destroy();
  }

  onClosed(connection: PooledConnection): void {
    connection.target.drop(connection);
    this.#connections.delete(connection);
    if (this.#connections.size > 0) return;
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }

  onUnreachable(
    target: UpstreamTarget,
    call: UpstreamCall,
    kind: "refused" | "connect-timeout",
    message: string,
  ): void {
    this.failed(target, message);
    const untried = this.#untried.get(call) ?? [];
    if (untried.length > 0) this.#sendToNext(call, untried);
    else this.#holdOrFail(call, { kind, message: `${target.name}: ${message}` });
  }

  onConnected(call: UpstreamCall): void {
    this.#held?.onReached(call);
  }

  onAnswered(target: UpstreamTarget): void {
    this.answered(target);
    this.#held?.onAnswered();
  }

  onSilent(target: UpstreamTarget): void {
    this.failed(target, "no response in time");
  }

  onAborted(call: UpstreamCall): void {
    this.#held?.onGone(call);
  }

  /** Not at every request, where no other target is there and each one fails. */
  #tellFailing(target: UpstreamTarget, why: string, now: number): void {
    if (target.toldUntil > now) return;
    const failingMs = Math.max(this.#failureRules.failingMs, MIN_TOLD_MS);
    target.toldUntil = now + failingMs;
    this.#tell(target.url, why, failingMs);
  }

  #holdOrFail(call: UpstreamCall, failure: UpstreamFailure): void {
    if (this.#held?.hold(call, failure) !== true) call.onFailure(failure);
  }

  onClosedUnused(target: UpstreamTarget, call: UpstreamCall, message: string): boolean {
    if (this.#targets.length === 1 && this.#held === undefined) return false;
    this.failed(target, message);
    const untried = this.#untried.get(call) ?? [];
    // What cannot be repeated may have been carried out (RFC 9110, 9.2.2).
    if (!call.repeatable) return false;
    if (untried.length === 0)
      return this.#held?.holdAfterAll(call, { kind: "closed", message: `${target.name}: ${message}` }) === true;
    this.#sendToNext(call, untried);
    return true;
  }

  onStale(target: UpstreamTarget, call: UpstreamCall): boolean {
    const resends = (this.#resends.get(call) ?? 0) + 1;
    if (resends > MAX_RESENDS) return false;
    this.#resends.set(call, resends);
    // Other idle connections may be as stale, so it is a fresh one; that cannot be stale, hence it
    // ends here. One of HTTP/2 carries all that were on the stale one.
    const connection = target.shared() ?? this.#connect(target);
    connection.carry(call, performance.now());
    return true;
  }

  #sendToNext(call: UpstreamCall, targets: UpstreamTarget[]): void {
    const [target, ...rest] = targets;
    if (target === undefined) return;
    this.#untried.set(call, rest);
    this.#send(call, target);
  }

  #send(call: UpstreamCall, target: UpstreamTarget): void {
    const now = performance.now();
    const free = target.http2Scheme === undefined ? target.takeIdle(call.repeatable, now) : target.shared();
    (free ?? this.#connect(target)).carry(call, now);
  }

  #connect(target: UpstreamTarget): PooledConnection {
    const connection =
      target.http2Scheme === undefined ? new UpstreamConnection(target, this) : new SharedConnection(target, this);
    target.add(connection);
    this.#connections.add(connection);
    this.#startSweep();
    return connection;
  }

  /**
   * One timer for all connections: setting one per call costs more than looking at each connection
   * now and then.
   */
  #startSweep(): void {
    if (this.#sweep !== undefined) return;
    const shortest = Math.min(this.timeouts.connect, this.timeouts.response, this.timeouts.idle);
    this.#sweep = setInterval(
      () => {
        const now = performance.now();
        for (const connection of this.#connections) connection.checkDeadline(now);
      },
      Math.min(500, Math.max(20, shortest / 4)),
    );
    this.#sweep.unref();
  }
}
