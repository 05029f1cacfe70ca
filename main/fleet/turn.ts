/** One decision while it is made: collects what changes and what is to be done. */
import type { FleetPhase, FleetServer } from "../contract/fleet.ts";
import { isBusy } from "../failures.ts";
import type { AgentCall, AgentReply } from "./agent-call.ts";
import { type Operation, withServer } from "./operation.ts";
import {
  type Decision,
  type FleetEffect,
  type Lane,
  type Progress,
  type Run,
  type Wait,
  serverOf,
} from "./progress.ts";

const BUSY_DELAY_MS = 500;

/** Lives for one call of `decide`; what it was made from is never altered. */
export class Turn {
  operation: Operation;
  run: Run | undefined;
  /** Of the caller's clock, in milliseconds from an arbitrary start. */
  readonly now: number;
  #nextToken: number;
  readonly #effects: FleetEffect[] = [];

  constructor({ operation, run, nextToken }: Progress, now: number) {
    this.operation = operation;
    this.run = run;
    this.now = now;
    this.#nextToken = nextToken;
  }

  outcome(): Decision {
    return {
      state: { operation: this.operation, run: this.run, nextToken: this.#nextToken },
      effects: this.#effects,
    };
  }

  server(serverId: string): FleetServer {
    return serverOf(this.operation, serverId);
  }

  /** The servers that take part in the run. */
  members(): FleetServer[] {
    return this.operation.servers.filter(({ serverId }) => this.run?.members.includes(serverId));
  }

  change(serverId: string, change: Partial<FleetServer>): void {
    this.operation = withServer(this.operation, serverId, change);
  }

  phase(phase: FleetPhase): void {
    this.operation = { ...this.operation, phase };
  }

  step(change: Partial<Run>): void {
    if (this.run !== undefined) this.run = { ...this.run, ...change };
  }

  /** Asks a server, and waits for its reply for so long. */
  ask(serverId: string, wait: Wait, call: AgentCall, timeoutMs: number): void {
    const token = this.#token();
    this.#lane(serverId, { token, wait, asked: { call, deadline: this.now + timeoutMs } });
    this.#effects.push({ type: "call", serverId, token, call }, { type: "timer", serverId, token, afterMs: timeoutMs });
  }

  /**
   * Whether a server that was too busy is asked again: it has done nothing, so that this is as
   * asking it for the first time, within the same time.
   * @param reply no reply: the time for it, or the pause, is over
   */
  askAgain(serverId: string, { wait, asked, isBusy: isPaused }: Lane, reply: AgentReply | undefined): boolean {
    if (asked === undefined) return false;
    const leftMs = asked.deadline - this.now;
    if (isPaused === true) {
      this.ask(serverId, wait, asked.call, leftMs);
      return true;
    }
    if (reply === undefined || reply.result.ok || !isBusy(reply.result.failure) || leftMs <= BUSY_DELAY_MS)
      return false;
    const token = this.#token();
    this.#lane(serverId, { token, wait, asked, isBusy: true });
    this.#effects.push({ type: "timer", serverId, token, afterMs: BUSY_DELAY_MS });
    return true;
  }

  /** Tells a server something, whatever it replies. */
  tell(serverId: string, call: AgentCall): void {
    this.#effects.push({ type: "call", serverId, token: this.#token(), call });
  }

  pause(serverId: string, wait: Wait, afterMs: number): void {
    const token = this.#token();
    this.#lane(serverId, { token, wait });
    this.#effects.push({ type: "timer", serverId, token, afterMs });
  }

  /** A server is through with this step of the run. */
  release(serverId: string): void {
    const { [serverId]: _through, ...lanes } = this.run?.lanes ?? {};
    this.step({ lanes });
  }

  store(): void {
    this.#effects.push({ type: "store" });
  }

  log(line: string): void {
    this.#effects.push({ type: "log", line });
  }

  #lane(serverId: string, lane: Lane): void {
    this.step({ lanes: { ...this.run?.lanes, [serverId]: lane } });
  }

  #token(): number {
    this.#nextToken += 1;
    return this.#nextToken - 1;
  }
}
