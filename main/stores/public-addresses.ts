/** Where the names of sites are asked that DNS does not know here, as it was given once. */
import { z } from "zod";
import { PublicAddress } from "../contract/maintenance.ts";
import type { DocumentDefinition } from "./document.ts";

export const PublicAddresses = z
  .array(z.strictObject({ serverId: z.string(), site: z.string(), address: PublicAddress }))
  .max(10_000);
export type PublicAddresses = z.infer<typeof PublicAddresses>;

export const publicAddressesDocument: DocumentDefinition<PublicAddresses> = {
  name: "public-addresses",
  title: "where sites are asked from this computer",
  version: 1,
  schema: PublicAddresses,
  defaults: [],
  migrations: {},
};
