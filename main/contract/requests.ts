/** Requests that a server's agent is answering. */
import { z } from "zod";
import type { InFlightRequest } from "../../server-agent/contract/agent.ts";
import { command } from "./command.ts";
import type { Failure } from "./failures.ts";
import { onServer } from "./fields.ts";

/** What the page wants to see; it makes the id up. */
export const RequestWatch = z.strictObject({
  id: z.string().min(1).max(200),
  ...onServer,
  /** Only requests of this site, of its copycat too. */
  site: z.string().optional(),
  /** Only those on generations below this one. */
  before: z.int().min(0).optional(),
});
export type RequestWatch = z.infer<typeof RequestWatch>;

export interface WatchedRequests {
  /** Oldest first, 200 at most; `null` until they are known. */
  requests: readonly InFlightRequest[] | null;
  /** How many there are; more than are listed, perhaps. */
  total: number;
  /** When they were observed, or when watching began. */
  observedAt: string;
  /** Why nothing newer comes; what is known is kept. */
  failure: Failure | null;
}

const MAX_WATCHES = 20;

export const REQUEST_COMMANDS = {
  /** All that the page watches from now on; what it sees arrives as state. */
  "requests.watch": command(z.strictObject({ watches: z.array(RequestWatch).max(MAX_WATCHES) })).returns<null>(),
  "requests.cut": command(z.strictObject({ ...onServer, id: z.string() })).returns<InFlightRequest>(),
};
