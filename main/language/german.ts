/**
 * The German of the app: each English message of the code and what stands for it, a file for each
 * part of the app. Words by the table in docs/translating.md.
 */
import { ADD_SERVER } from "./german/add-server.ts";
import { COMMON } from "./german/common.ts";
import { CONFIGURATION } from "./german/configuration.ts";
import { HISTORY } from "./german/history.ts";
import { PROGRESS } from "./german/progress.ts";
import { MAINTENANCE } from "./german/maintenance.ts";
import { SETTINGS } from "./german/settings.ts";

export const GERMAN = {
  ...ADD_SERVER,
  ...COMMON,
  ...CONFIGURATION,
  ...HISTORY,
  ...PROGRESS,
  ...MAINTENANCE,
  ...SETTINGS,
} as const;
