/** The list of servers, as it is stored. */
import { z } from "zod";
import { ServerProfile } from "../contract/servers.ts";
import type { DocumentDefinition } from "./document.ts";

function unique(profiles: ServerProfile[]) {
  return new Set(profiles.map(({ id }) => id)).size === profiles.length;
}

/** Server profiles in the order of the overview. The practice server is never among them. */
export const serverProfilesDocument: DocumentDefinition<ServerProfile[]> = {
  name: "servers",
  title: "the list of servers",
  version: 1,
  schema: z
    .array(ServerProfile.refine(({ kind }) => kind !== "practice", "a practice server is not stored"))
    .refine(unique, "two servers have the same id"),
  defaults: [],
  migrations: {},
};
