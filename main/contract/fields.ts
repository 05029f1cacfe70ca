import { z } from "zod";

export const serverName = z.string().min(1).max(100);

export const socketPath = z.string().startsWith("/", "Give the absolute path of the agent's admin socket.").max(500);

export const fleetName = z.string().min(1).max(100).describe("Servers that belong together.");

export const described = { name: serverName, fleet: fleetName.optional() };

export const serverId = z.string().min(1);

export const onServer = { serverId };

export const nothing = z.undefined();
