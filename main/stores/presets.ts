/** Presets of a maintenance, as they are stored. */
import { z } from "zod";
import { Preset } from "../contract/maintenance.ts";
import type { DocumentDefinition } from "./document.ts";

export const presetsDocument: DocumentDefinition<Preset[]> = {
  name: "presets",
  title: "the presets",
  version: 1,
  schema: z.array(Preset),
  defaults: [],
  migrations: {},
};
