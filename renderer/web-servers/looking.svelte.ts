/** Asking a server's agent which web servers run there. What it finds arrives as state. */
import type { Failure } from "../../main/contract/failures.ts";
import type { ServerState } from "../../main/contract/servers.ts";
import { call, failureOf } from "../lib/bridge.ts";

class Looking {
  readonly serverId: string;
  busy = $state(false);
  failure: Failure | undefined = $state.raw();
  /** The process of the agent that was asked: one that was started anew is asked anew. */
  #asked: number | undefined;

  constructor(serverId: string) {
    this.serverId = serverId;
  }

  async look(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.failure = undefined;
    try {
      await call("webServers.look", { serverId: this.serverId });
    } catch (error) {
      this.failure = failureOf(error);
    }
    this.busy = false;
  }

  /** Once for each agent, and not at all where it has looked by itself. */
  lookOnce({ snapshot, connection }: ServerState): void {
    if (snapshot === null || connection.state !== "connected" || this.#asked === snapshot.agent.pid) return;
    this.#asked = snapshot.agent.pid;
    if (snapshot.webServers === undefined) void this.look();
  }
}

const known: Looking[] = [];

/** The same one for everybody who shows this server. */
export function lookingAt(serverId: string): Looking {
  const before = known.find((looking) => looking.serverId === serverId);
  if (before !== undefined) return before;
  const looking = new Looking(serverId);
  known.push(looking);
  return looking;
}
