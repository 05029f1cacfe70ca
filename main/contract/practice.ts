/** The app's own practice server. */
import { z } from "zod";
import { command } from "./command.ts";
import type { Failure } from "./failures.ts";
import { nothing } from "./fields.ts";

export type PracticeState =
  | { state: "absent" }
  | { state: "starting"; step: string }
  | { state: "running"; serverId: string; url: string; visitors: boolean }
  | { state: "failed"; failure: Failure };

const withVisitors = z.strictObject({ visitors: z.boolean() });

export const PRACTICE_COMMANDS = {
  "practice.start": command(withVisitors).returns<{ serverId: string }>(),
  "practice.visitors": command(withVisitors).returns<null>(),
  "practice.stop": command(nothing).returns<null>(),
};
