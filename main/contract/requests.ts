/** Requests in flight on a server. */
import { z } from "zod";
import type { InFlightRequest } from "../../server-agent/contract/agent.ts";
import { command } from "./command.ts";
import { onServer } from "./fields.ts";

export const REQUEST_COMMANDS = {
  "requests.list": command(
    z.strictObject({ ...onServer, site: z.string().optional(), generation: z.int().optional() }),
  ).returns<InFlightRequest[]>(),
  "requests.cut": command(z.strictObject({ ...onServer, id: z.string() })).returns<InFlightRequest>(),
};
