import type { PassedSocket } from "../../adapters/builtin/passed-sockets.ts";
import type { Predecessor } from "../hand-over/predecessor.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../../log.ts";
import type { Disk } from "../../store/disk.ts";

export interface SupervisorOptions {
  /** Configuration file that seeds an empty state directory. */
  config: string | undefined;
  state: string;
  socket: string;
  /** Id of the user to whom the admin socket is given. Default: the agent's own. */
  socketOwner?: number | undefined;
  /** Where web servers beside the agent find its flags and its page sources. */
  webFolder: string;
  workers: number;
  /** Make a new generation from `config` although the state directory has one. */
  reseed: boolean;
  /** The agent that hands over to this process, if one does. */
  predecessor: Predecessor | undefined;
  /** Those that systemd has bound. */
  passedSockets?: readonly PassedSocket[];
  /** The time by which windows start and end. Default: the system's. */
  clock?: Clock;
  /** By which the state directory is changed. Default: the system's. */
  disk?: Disk;
  log: Log;
}
