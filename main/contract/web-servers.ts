/** Web servers beside which a server's agent stands: what is found, and the hook in them. */
import { z } from "zod";
import {
  HookPlanRequest,
  HookRequest,
  type HookOutcome,
  type HookPlan,
} from "../../server-agent/contract/web-servers.ts";
import { command } from "./command.ts";
import { onServer } from "./fields.ts";

/** `webServer`: its id, as the server's snapshot has it. */
const atWebServer = { ...onServer, webServer: z.string().min(1) };

/** The author is whoever the settings say. */
const hookRequest = z.strictObject({ ...atWebServer, ...HookRequest.omit({ author: true }).shape });

export const WEB_SERVER_COMMANDS = {
  /** Asks all that run there now; what was found arrives as state. */
  "webServers.look": command(z.strictObject(onServer)).returns<null>(),
  /** What would be done; nothing is. */
  "webServers.planHook": command(z.strictObject({ ...atWebServer, ...HookPlanRequest.shape })).returns<HookPlan>(),
  "webServers.installHook": command(hookRequest).returns<HookOutcome>(),
  "webServers.removeHook": command(hookRequest).returns<HookOutcome>(),
};
