/** What the user was reminded of already, as it is stored. */
import { z } from "zod";
import type { DocumentDefinition } from "./document.ts";

/** What was said already, so that no start of the app says it again. */
export const Reminded = z.strictObject({
  /**
   * By the alert's id. `late`: it came due while nobody was told. `dismissed`: the user does not
   * want to see it in the window any more.
   */
  said: z.record(z.string(), z.strictObject({ at: z.iso.datetime(), late: z.boolean(), dismissed: z.boolean() })),
  /** Servers whose earlier reminders are no news: those from before they were added. */
  servers: z.array(z.string()),
});
export type Reminded = z.infer<typeof Reminded>;

/** Version 1 had another word for it. */
function withDismissed(content: unknown): unknown {
  const { said, servers } = content as { said: Record<string, { putAside: boolean }>; servers: unknown };
  const renamed = Object.entries(said).map(([id, { putAside, ...known }]) => [id, { ...known, dismissed: putAside }]);
  return { said: Object.fromEntries(renamed) as unknown, servers };
}

export const remindedDocument: DocumentDefinition<Reminded> = {
  name: "reminded",
  title: "the list of what was said already",
  version: 2,
  schema: Reminded,
  defaults: { said: {}, servers: [] },
  migrations: { 1: withDismissed },
};
