/**
 * Everything that crosses between the main process and the page. The preload and the router are
 * derived from it: a new command is an entry in the table of its noun, a handler and its caller.
 *
 * Commands only acknowledge; results arrive as state: `state.get` once, then patches. Secrets that
 * people enter go to main; none ever comes back.
 */
import type { z } from "zod";
import { CALENDAR_COMMANDS } from "./calendar.ts";
import type { Command } from "./command.ts";
import { CONFIGURATION_COMMANDS } from "./configuration.ts";
import { DESKTOP_COMMANDS, type Destination } from "./desktop.ts";
import type { Result } from "./failures.ts";
import { FLEET_COMMANDS } from "./fleet.ts";
import { INSTALL_COMMANDS } from "./install.ts";
import { MAINTENANCE_COMMANDS, PASS_COMMANDS, PRESET_COMMANDS } from "./maintenance.ts";
import { CHANNEL_COMMANDS, REMINDER_COMMANDS } from "./reminders.ts";
import { REQUEST_COMMANDS } from "./requests.ts";
import { SCHEDULE_COMMANDS } from "./schedule.ts";
import { PRACTICE_COMMANDS, SERVER_COMMANDS } from "./servers.ts";
import { SETTINGS_COMMANDS } from "./settings.ts";
import { STATE_COMMANDS, type StatePatch } from "./state.ts";
import { WEB_SERVER_COMMANDS } from "./web-servers.ts";
import { WINDOW_COMMANDS } from "./windows.ts";

export const COMMANDS = {
  ...STATE_COMMANDS,
  ...SERVER_COMMANDS,
  ...INSTALL_COMMANDS,
  ...PRACTICE_COMMANDS,
  ...MAINTENANCE_COMMANDS,
  ...PRESET_COMMANDS,
  ...PASS_COMMANDS,
  ...FLEET_COMMANDS,
  ...WINDOW_COMMANDS,
  ...SCHEDULE_COMMANDS,
  ...CALENDAR_COMMANDS,
  ...CONFIGURATION_COMMANDS,
  ...WEB_SERVER_COMMANDS,
  ...REQUEST_COMMANDS,
  ...CHANNEL_COMMANDS,
  ...REMINDER_COMMANDS,
  ...SETTINGS_COMMANDS,
  ...DESKTOP_COMMANDS,
} as const;

export type CommandName = keyof typeof COMMANDS;
export type Input<N extends CommandName> = z.infer<(typeof COMMANDS)[N]["input"]>;
export type Output<N extends CommandName> = (typeof COMMANDS)[N] extends Command<z.ZodType, infer O> ? O : never;

/** `window.bridge`. `call` resolves to a `Result`, it never rejects for an expected failure. */
export interface Bridge {
  call<N extends CommandName>(name: N, input: Input<N>): Promise<Result<Output<N>>>;
  /** Patches after `state.get`; returns the unsubscribe function. */
  onPatch(listener: (patch: StatePatch) => void): () => void;
  onGo(listener: (destination: Destination) => void): () => void;
}
