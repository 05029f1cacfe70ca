/** How changes of the schedule are undone, as data, so that a restart of the app loses none. */
import { z } from "zod";
import { WindowDraft } from "../../server-agent/contract/windows.ts";
import type { DocumentDefinition } from "./document.ts";

const revision = z
  .int()
  .describe("That of the change: another one now means that someone else has changed the window.");

/** What undoes a change on one server. */
export const UndoStep = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("remove"), serverId: z.string(), id: z.string(), revision }),
  z.strictObject({ kind: z.literal("change"), serverId: z.string(), id: z.string(), revision, draft: WindowDraft }),
  z.strictObject({ kind: z.literal("create"), serverId: z.string(), draft: WindowDraft }),
  z.strictObject({
    kind: z.literal("move-end"),
    serverId: z.string(),
    id: z.string(),
    until: z.iso.datetime().describe("The end before it was extended."),
    extended: z.iso.datetime().describe("The end since; another one now means that someone else has moved it."),
  }),
]);
export type UndoStep = z.infer<typeof UndoStep>;

/** `all`: on all servers or on none. `each`: on each that can; the rest stays to be undone. */
export const UndoStage = z.strictObject({ how: z.enum(["all", "each"]), steps: z.array(UndoStep).min(1) });
export type UndoStage = z.infer<typeof UndoStage>;

/** `stages` are carried out one after the other; those that are done are left out. */
export const StoredUndo = z.strictObject({
  id: z.string(),
  at: z.iso.datetime(),
  stages: z.array(UndoStage).min(1),
});
export type StoredUndo = z.infer<typeof StoredUndo>;

export const undosDocument: DocumentDefinition<StoredUndo[]> = {
  name: "undos",
  title: "what can be undone in the schedule",
  version: 1,
  schema: z.array(StoredUndo),
  defaults: [],
  migrations: {},
};
