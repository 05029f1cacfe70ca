/** What this computer saw of each maintenance, for its receipt. */
import { z } from "zod";
import { PublicLooks } from "../contract/maintenance.ts";
import type { DocumentDefinition } from "./document.ts";

const KeptLooks = z.array(z.strictObject({ serverId: z.string(), receiptId: z.string(), looks: PublicLooks }));
/** Those that were seen last stand last. */
export type KeptLooks = z.infer<typeof KeptLooks>;

export const publicLooksDocument: DocumentDefinition<KeptLooks> = {
  name: "public-looks",
  title: "what this computer saw of each maintenance",
  version: 1,
  schema: KeptLooks,
  defaults: [],
  migrations: {},
};
