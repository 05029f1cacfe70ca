/** One decision while it is made: collects what changes and what is to be done. */
import type { FleetPhase, FleetServer } from "../contract/fleet.ts";
import type { AgentCall } from "./agent-call.ts";
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
    this.#lane(serverId, { token, wait });
    this.#effects.push({ type: "call", serverId, token, call }, { type: "timer", serverId, token, afterMs: timeoutMs });
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
