/** Fields that several commands and documents have. */
import { z } from "zod";

/** So many servers take part in one command at most. */
export const MAX_TARGETS = 500;

export const serverName = z.string().min(1).max(100);

export const socketPath = z.string().startsWith("/", "Enter the absolute path of the agent's admin socket.").max(500);

export const fleetName = z.string().min(1).max(100).describe("Servers that are switched together.");

/** What a server is for. `confirms`: the app asks before it changes anything there. */
export const environment = z.strictObject({
  kind: z.enum(["production", "staging", "development"]),
  confirms: z.boolean(),
});

export const described = { name: serverName, fleet: fleetName.optional(), environment: environment.optional() };

export const serverId = z.string().min(1);

export const onServer = { serverId };

/** A generation that must still be the active one: another one is refused. */
export const ifGeneration = z.int();

/** The input of a command that takes none. */
export const nothing = z.undefined();
