/** Where the window stood, as it is stored. */
import { z } from "zod";
import type { DocumentDefinition } from "./document.ts";

/** Size and position in device-independent pixels; no position lets the system choose one. */
export const WindowState = z.strictObject({
  bounds: z.strictObject({ x: z.int(), y: z.int(), width: z.int().min(1), height: z.int().min(1) }).nullable(),
  maximized: z.boolean(),
});
export type WindowState = z.infer<typeof WindowState>;

export const windowStateDocument: DocumentDefinition<WindowState> = {
  name: "window",
  title: "the window's size and position",
  version: 1,
  schema: WindowState,
  defaults: { bounds: null, maximized: false },
  migrations: {},
};
