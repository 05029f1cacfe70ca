/** The connection to a server that is not in the list yet, or whose agent is looked after. */
import type { Failure } from "../../main/contract/failures.ts";
import type { ServerFacts } from "../../main/contract/install.ts";
import type { SshTarget } from "../../main/contract/servers.ts";
import { call, failureOf } from "../lib/bridge.ts";

export type VisitState =
  | { state: "connecting"; since: number }
  | { state: "failed"; failure: Failure }
  | { state: "open"; facts: ServerFacts };

export class ServerVisit {
  current: VisitState | undefined = $state.raw();
  /** Where the latest one went. */
  target: SshTarget | undefined = $state.raw();
  #id: string | undefined = $state();

  /** For the commands that use the connection; `undefined` while there is none. */
  get id(): string | undefined {
    return this.#id;
  }

  /** The connection to this address is open already. */
  isOpenTo(target: SshTarget): boolean {
    return this.current?.state === "open" && JSON.stringify(target) === JSON.stringify(this.target);
  }

  /**
   * Connects; the connection before has to be ended. @param arrived told what was found on the
   * server
   */
  begin(target: SshTarget, socketPath: string | undefined, arrived: (facts: ServerFacts) => void): void {
    const visitId = crypto.randomUUID();
    this.#id = visitId;
    this.target = target;
    this.current = { state: "connecting", since: Date.now() };
    call("visit.begin", { visitId, target, socketPath }).then(
      (facts) => {
        if (this.#id !== visitId) return;
        this.current = { state: "open", facts };
        arrived(facts);
      },
      (error: unknown) => {
        if (this.#id === visitId) this.current = { state: "failed", failure: failureOf(error) };
      },
    );
  }

  async end(): Promise<void> {
    const visitId = this.#id;
    this.#id = undefined;
    this.current = undefined;
    if (visitId !== undefined) await call("visit.end", { visitId });
  }
}
